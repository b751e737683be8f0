"""Which scope lets a client do what (F3548-21, annex A4: security of each operation). Any one of a set is enough."""

COORDINATION = "utm.strategic_coordination"
MANAGEMENT = "utm.constraint_management"
PROCESSING = "utm.constraint_processing"
CONFORMANCE = "utm.conformance_monitoring_sa"
ARBITRATION = "utm.availability_arbitration"

INTENTS = frozenset({COORDINATION, CONFORMANCE})
READ_CONSTRAINTS = frozenset({MANAGEMENT, PROCESSING})
WRITE_CONSTRAINTS = frozenset({MANAGEMENT})
CONSTRAINT_DETAILS = frozenset({PROCESSING})
SUBSCRIPTIONS = frozenset({COORDINATION, PROCESSING})
READ_AVAILABILITY = frozenset({ARBITRATION, COORDINATION, CONFORMANCE})
WRITE_AVAILABILITY = frozenset({ARBITRATION})
REPORTS = frozenset({COORDINATION, MANAGEMENT, PROCESSING, CONFORMANCE, ARBITRATION})
