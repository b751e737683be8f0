"""The words of the files, and the numbers that stand for them inside."""

CAUSES = ("violation", "lawful", "accident", "staged", "nothing")
VIOLATION, LAWFUL, ACCIDENT, STAGED, NOTHING = range(5)

ACTS = ("shelling", "explosion", "small_arms", "drone")
ACT_SHARES = (0.35, 0.2, 0.3, 0.15)
TERMS = {
    "shelling": ("4.1", 950_000),
    "explosion": ("4.2", 950_000),
    "small_arms": ("4.3", 900_000),
    "drone": ("5.1", 800_000),
}
"""Each act's term and the threshold of its standard."""

SEISMIC, ACOUSTIC, THERMAL, OPTICAL, EYES = range(5)
MODALITIES = ("seismic", "acoustic", "thermal", "optical", "eyes")
SENSED_BY = (
    (SEISMIC, ACOUSTIC, THERMAL, OPTICAL, EYES),
    (SEISMIC, ACOUSTIC, THERMAL, OPTICAL, EYES),
    (ACOUSTIC, OPTICAL, EYES),
    (ACOUSTIC, OPTICAL, EYES),
)
"""Which modalities can sense an act, in the order of ACTS."""

SILENT = 0
OUTCOMES: tuple[tuple[str | None, str | None], ...] = (
    (None, None),
    ("affirm", None),
    ("affirm", "violation"),
    ("deny", None),
    ("deny", "lawful"),
    ("deny", "accident"),
    ("deny", "staged"),
    ("deny", "nothing"),
)
"""What a source may say of a hypothesis: (says, account)."""

HOUR_MS = 3_600_000
BEGIN_MS = 2_019_686_400_000
"""2034-01-01T00:00:00Z: the fictional period begins."""
