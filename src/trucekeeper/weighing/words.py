"""The words the field knows: ICD 203 likelihood, and the Admiralty letter and digit.

A likelihood and a confidence never stand in one sentence (ICD 203).
"""

ICD203 = (
    ("almost no chance", 10_000, 50_000),
    ("very unlikely", 50_000, 200_000),
    ("unlikely", 200_000, 450_000),
    ("roughly even chance", 450_000, 550_000),
    ("likely", 550_000, 800_000),
    ("very likely", 800_000, 950_000),
    ("almost certain", 950_000, 990_000),
)
"""Word, from and up to, in ppm. A boundary belongs to the word nearer to even odds; what lies beyond 1 or 99 per
cent takes the outermost word, for the table has none beyond."""

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}

CREDIBILITY = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}


def likelihood(ppm: int) -> str:
    """The ICD 203 word for a probability."""
    for word, _, high in ICD203[:3]:
        if ppm < high:
            return word
    for word, _, high in ICD203[3:-1]:
        if ppm <= high:
            return word
    return ICD203[-1][0]


def grade(reliability: str, credibility: int) -> str:
    """``B2: usually reliable, probably true``; a grade outside the scale is one that cannot be judged."""
    letter = reliability if reliability in RELIABILITY else "F"
    digit = credibility if credibility in CREDIBILITY else 6
    return f"{letter}{digit}: {RELIABILITY[letter]}, {CREDIBILITY[digit]}"
