"""Strategic conflict detection as ASTM F3548-21 has it: intents, constraints, subscriptions, availability."""
