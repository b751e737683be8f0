"""What is published: the daily report, with every number bound to its entries."""
