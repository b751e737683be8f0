"""Behind the ports: the durable record, the vault, projections and their rebuild."""
