"""Event, violation, attribution: yes, no or unknown, with reasons, and who decided."""
