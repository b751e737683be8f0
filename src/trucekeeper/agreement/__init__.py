"""The agreement as text and as terms that a machine can check."""
