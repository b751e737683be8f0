"""What a party that trusts nobody reads and runs: the offline verifier, alone."""
