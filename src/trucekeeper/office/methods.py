"""The ways of weighing and of screening that findings are drafted by, each under the name that they state."""

from collections.abc import Mapping
from types import MappingProxyType

from trucekeeper.weighing import fit, graded
from trucekeeper.weighing.graded import GradedWeigher
from trucekeeper.weighing.ports import Weigher
from trucekeeper.weighing.tabled import TableWeigher

SCREENING = "reference/1"
"""Changes whenever screening would answer otherwise: projections of another one are made anew."""

METHODS = f"{fit.METHOD} {SCREENING}"
"""What a new finding states."""

WEIGHERS: Mapping[str, Weigher] = MappingProxyType(
    {METHODS: TableWeigher.untaught(), f"{graded.METHOD} {SCREENING}": GradedWeigher()}
)
"""Every method that a finding can be recomputed by: what was found by an older one stays as it was found."""
