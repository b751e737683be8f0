"""Small bodies of evidence to try weighing on."""

from dataclasses import replace

from hypothesis import strategies as st

from trucekeeper.weighing.evidence import (
    Alleged,
    Cause,
    Evidence,
    Modality,
    Partition,
    Reach,
    Says,
    Statement,
    Trials,
    Watch,
    Witness,
)

SIDES = ("north", "south")
SEISMIC = Modality(
    "seismic",
    (Reach(1000, Trials(930, 70)), Reach(5000, Trials(600, 400)), Reach(15_000, Trials(150, 850))),
    4,
    1000,
    None,
    None,
)
CAMERA = Modality(
    "camera",
    (Reach(500, Trials(450, 50)), Reach(3000, Trials(200, 300))),
    2,
    1000,
    Trials(200, 300),
    Trials(50, 450),
)
ALLEGED = Alleged(
    id="h1",
    term="4.2",
    act="explosion",
    named="north",
    claimant="south",
    lat_u=49_000_000,
    lon_u=37_000_000,
    radius_m=500,
    start_ms=0,
    end_ms=600_000,
    base_ppm=(250_000, 100_000, 100_000, 50_000, 500_000),
    adjudicated=None,
    threshold_ppm=950_000,
)
KINDS = ("monitor", "resident", "press", "ngo")


def source(name: str, **changes: object) -> Witness:
    """A source of its own group, without interest."""
    asked: dict[str, object] = {"kind": "monitor", "group": f"g-{name}", "side": None, "modality": None}
    return Witness(**({"id": name, "parent": None} | asked | changes))  # type: ignore[arg-type]


def said(of: str, says: str = "affirm", **changes: object) -> Statement:
    """A statement on the one hypothesis, or another."""
    plain = Statement(f"x-{of}", "h1", of, Says(says), None, 60_000, None, None)
    return replace(plain, **changes)  # type: ignore[arg-type]


def watch(of: str, *, detected: bool = False, **changes: object) -> Watch:
    """A watch under exposure at 800 m in a clear day."""
    plain = Watch("h1", of, 800, True, True, False, False, detected, None)
    return replace(plain, **changes)  # type: ignore[arg-type]


def evidence(*parts: Witness | Statement | Watch | Alleged | Partition) -> Evidence:
    """A file of these parts, about the one hypothesis unless others are given."""
    hypotheses = tuple(one for one in parts if isinstance(one, Alleged)) or (ALLEGED,)
    return Evidence(
        SIDES,
        (SEISMIC, CAMERA),
        tuple(one for one in parts if isinstance(one, Witness)),
        hypotheses,
        tuple(one for one in parts if isinstance(one, Statement)),
        tuple(one for one in parts if isinstance(one, Watch)),
        tuple(one for one in parts if isinstance(one, Partition)),
    )


@st.composite
def hypotheses(draw: st.DrawFn, number: int) -> Alleged:
    """One hypothesis with any base rates."""
    cuts = sorted(draw(st.lists(st.integers(0, 1_000_000), min_size=4, max_size=4)))
    base = [high - low for low, high in zip([0, *cuts], [*cuts, 1_000_000], strict=True)]
    return replace(
        ALLEGED,
        id=f"h{number}",
        named=draw(st.sampled_from(SIDES)),
        claimant=draw(st.sampled_from((None, *SIDES))),
        base_ppm=tuple(base),
        threshold_ppm=draw(st.sampled_from((600_000, 950_000, 990_000))),
    )


@st.composite
def bodies(draw: st.DrawFn, most: int = 8) -> Evidence:
    """Up to three hypotheses and some sources of every kind, with copies, watches and rival partitions."""
    alleged = [draw(hypotheses(number)) for number in range(draw(st.integers(1, 3)))]
    sources: list[Witness] = []
    statements: list[Statement] = []
    watches: list[Watch] = []
    for number in range(draw(st.integers(0, most))):
        name = f"s{number}"
        modality = draw(st.sampled_from((None, None, "seismic", "camera")))
        sources.append(
            source(
                name,
                kind=draw(st.sampled_from(KINDS)),
                group=draw(st.sampled_from(("g1", "g2", f"own-{number}"))),
                side=draw(st.sampled_from((None, None, *SIDES))),
                modality=modality,
                parent=draw(st.sampled_from((None, None, *(one.id for one in sources)))),
            )
        )
        for one in alleged:
            if draw(st.booleans()):
                statements.append(draw(_statements(f"x{number}.{one.id}", one.id, sources)))
            if modality is not None and draw(st.booleans()):
                watches.append(draw(_watches(one.id, name)))
    return Evidence(
        SIDES, (SEISMIC, CAMERA), tuple(sources), tuple(alleged), tuple(statements), tuple(watches)
    )


@st.composite
def _statements(draw: st.DrawFn, name: str, on: str, sources: list[Witness]) -> Statement:
    says = draw(st.sampled_from(Says))
    return Statement(
        id=name,
        hypothesis=on,
        source=sources[-1].id,
        says=says,
        account=draw(st.sampled_from((None, *Cause))),
        at_ms=draw(st.integers(0, 10)) * 60_000,
        copies=draw(st.sampled_from((None, None, *(one.id for one in sources[:-1])))),
        words=draw(st.sampled_from((None, 0, 1, 2**63, 0x1234_5678_9ABC_DEF0))),
    )


@st.composite
def _watches(draw: st.DrawFn, on: str, name: str) -> Watch:
    return Watch(
        hypothesis=on,
        source=name,
        distance_m=draw(st.sampled_from((0, 300, 999, 1000, 4000, 14_000, 10**6))),
        on_shift=draw(st.booleans()),
        in_view=draw(st.booleans()),
        night=draw(st.booleans()),
        cloud=draw(st.booleans()),
        detected=draw(st.booleans()),
        points_to=draw(st.sampled_from((None, *SIDES))),
    )
