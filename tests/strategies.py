"""Hypothesis strategies of the domain, shared by every test that wants an observation."""

from hypothesis import strategies as st

from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import (
    ACTS,
    MEANS,
    PHASES,
    STATUSES,
    WEAPONS,
    Access,
    Coverage,
    Harm,
    Holding,
    Kind,
    Observation,
    Weapon,
)
from trucekeeper.observations.soundness import EARLIEST, FARTHEST_M, LATEST, MOST
from trucekeeper.parties.model import Source
from trucekeeper.parties.wire import MEDIA, RELIABILITIES, unfit
from trucekeeper.places.position import BEARINGS, Disc, Position, Region, Sector

_LETTERS = "ABCXYZabcxyz0123456789"

identifiers = st.builds(
    str.__add__, st.sampled_from(_LETTERS), st.text(st.sampled_from(_LETTERS + "._:-"), max_size=20)
)
words = st.text(min_size=1, max_size=40).filter(lambda text: unfit(text, 40) is None)
positions = st.builds(Position, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))
discs = st.builds(Disc, positions, st.integers(0, FARTHEST_M))


@st.composite
def sectors(draw: st.DrawFn) -> Sector:
    near_m, far_m = sorted(draw(st.tuples(*[st.integers(0, FARTHEST_M)] * 2)))
    bearing = draw(st.integers(0, len(BEARINGS) - 1))
    return Sector(draw(positions), draw(st.integers(0, FARTHEST_M)), near_m, far_m, bearing)


regions: st.SearchStrategy[Region] = discs | sectors()


@st.composite
def spans(draw: st.DrawFn, least: int = 0, most: int = MOST) -> Span:
    low = draw(st.integers(least, most))
    return Span(low, draw(st.none() | st.integers(low, most)))


@st.composite
def intervals(draw: st.DrawFn, earliest: int = EARLIEST, latest: int = LATEST) -> Interval:
    start = draw(st.integers(earliest, latest))
    end = draw(st.none() | st.integers(start, latest))
    return Interval(Instant(start), None if end is None else Instant(end))


def _maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


weapons = st.builds(Weapon, _maybe(st.sampled_from(WEAPONS)), _maybe(spans(1, 2000)), _maybe(words))
harms = st.builds(Harm, _maybe(spans()), _maybe(spans())).filter(lambda harm: harm != Harm())
coverages = st.builds(
    Coverage,
    st.lists(st.sampled_from(ACTS), min_size=1, unique=True).map(tuple),
    st.integers(0, 1_000_000),
)
accesses = st.builds(
    Access,
    _maybe(identifiers),
    st.booleans(),
    _maybe(st.integers(0, MOST)),
    _maybe(st.integers(0, MOST)),
    _maybe(words),
    _maybe(st.booleans()),
)
holdings = st.builds(Holding, st.sampled_from(STATUSES), _maybe(words), _maybe(st.booleans()))
statements = st.builds("{}/{}".format, identifiers, words)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)


@st.composite
def observations(draw: st.DrawFn, kinds: tuple[Kind, ...] = tuple(Kind)) -> Observation:
    """Any observation that can be signed."""
    kind = draw(st.sampled_from(kinds))

    def needed(by: Kind, strategy: st.SearchStrategy[object]) -> object:
        return draw(strategy if kind is by else _maybe(strategy))

    return Observation(
        uid=draw(words),
        kind=kind,
        source=draw(identifiers),
        when=draw(intervals()),
        where=draw(_maybe(regions)),
        act=draw(_maybe(st.sampled_from(ACTS))),
        means=draw(_maybe(st.sampled_from(MEANS))),
        phase=draw(_maybe(st.sampled_from(PHASES))),
        weapon=needed(Kind.HOLDING, weapons),
        count=draw(_maybe(spans())),
        by=draw(_maybe(identifiers)),
        heading=draw(_maybe(st.integers(0, len(BEARINGS) - 1))),
        harm=draw(_maybe(harms)),
        of=needed(Kind.DENIAL, statements),
        relays=draw(_maybe(statements | identifiers)),
        grounds=draw(st.lists(identifiers, max_size=3, unique=True).map(tuple)),
        credibility=draw(st.integers(1, 6)),
        coverage=needed(Kind.COVERAGE, coverages),
        access=needed(Kind.ACCESS_REFUSED, accesses),
        holding=needed(Kind.HOLDING, holdings),
        note=draw(_maybe(words)),
        media=draw(st.lists(digests, max_size=2, unique=True).map(tuple)),
    )


sources = st.builds(
    Source,
    id=identifiers,
    interest=_maybe(identifiers),
    group=words,
    medium=st.sampled_from(MEDIA),
    reliability=st.sampled_from(RELIABILITIES),
)
