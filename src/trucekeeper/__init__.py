"""Trucekeeper: the software a ceasefire's office runs on, and that both sides can check."""
