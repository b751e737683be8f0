"""Signed lines, whatever they mean: the append-only record and its offline verification."""
