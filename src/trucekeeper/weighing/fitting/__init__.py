"""Learns tables from a body of evidence. The only place of weighing that computes with floating point."""
