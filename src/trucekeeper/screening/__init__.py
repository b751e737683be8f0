"""Which terms does an observation touch: yes, possibly, or no."""
