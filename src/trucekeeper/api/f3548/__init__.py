"""ASTM F3548-21, offered to operators of drones and their existing clients."""
