"""HTTP for programs: signed entries in, verified data out."""
