"""Observations of one happening, linked by explained scores, and the parties' dual ledgers."""
