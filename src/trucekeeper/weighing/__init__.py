"""How sure: a probability with its reasons, behind one port."""
