"""Deconfliction: who will be where and when, what that would meet, who was told, and what they answered."""
