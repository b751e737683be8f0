"""An adversarial simulator of a ceasefire line: what happened, and what would be said and sensed of it.

It shares no code with Trucekeeper. What it writes is a pair of files, evidence and truth.
"""
