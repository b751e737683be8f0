"""Media as evidence: what arrived, who holds it, and whether the chain is whole."""
