"""Bytes, time, keys and three-valued answers; no domain word."""
