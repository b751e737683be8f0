"""One desk per file, one method per command: where people act on the record."""
