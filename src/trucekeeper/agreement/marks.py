"""Where things stand in the files, for complaints about how they fit together."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """Lines by (term, reading), zone, clause (with its file) and ladder, and what is said to need no term."""

    terms: Mapping[tuple[str, str], int]
    zones: Mapping[str, int]
    clauses: Mapping[str, tuple[str, int]]
    ladders: tuple[tuple[str, int], ...]
    declaratory: tuple[str, ...]
    clauses_of_terms: tuple[str, ...]
    zones_of_terms: tuple[str, ...]
