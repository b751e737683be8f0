"""Where: positions, uncertain regions, lines, zones, and the one exact 'inside?'."""
