"""HTTP for people: pages that print, cite their checkpoint and work offline."""
