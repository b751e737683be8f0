"""Files from the field and from sensors, read row by row into observations."""
