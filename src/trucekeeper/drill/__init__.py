"""A fictional ceasefire from a seed, played through the office's real doors."""
