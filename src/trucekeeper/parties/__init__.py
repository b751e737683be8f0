"""Who stands behind a key: parties, guarantors, and the people who hold mandates."""
