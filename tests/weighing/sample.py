"""Items of evidence to try the weigher on."""

from dataclasses import replace

from hypothesis import strategies as st

from trucekeeper.record.ref import Ref
from trucekeeper.weighing.model import Hypothesis, Item, Stance

EVENT = Hypothesis("event", "explosion", None, 500_000)
BY_A = Hypothesis("attribution", "explosion", "party-a", 333_333)

BASE = Item(Ref(1), "patrol-1", "patrol-1/1", None, "mission", "patrol", Stance.AFFIRM, "A", 1)


def item(entry: int, source: str = "patrol-1", **changes: object) -> Item:
    """An item of its own origin, changed as asked; its group is its source unless said."""
    asked: dict[str, object] = {"origin": f"{source}/{entry}", "group": source}
    return replace(BASE, ref=Ref(entry), source=source, **(asked | changes))  # type: ignore[arg-type]


SOURCES = ("patrol-1", "patrol-2", "camera-1", "satellite-1", "liaison-a", "liaison-b")
_MEDIA = {"patrol": "patrol", "camera": "camera", "satellite": "satellite", "liaison": "liaison"}


@st.composite
def item_sets(draw: st.DrawFn) -> list[Item]:
    """Up to eight items of six sources, some of them copies, with interests that follow from the source."""
    found: list[Item] = []
    for entry in range(draw(st.integers(0, 8))):
        source = draw(st.sampled_from(SOURCES))
        roots = [f"{source}/{entry}", *(one.origin for one in found)]
        side = source[-1]
        found.append(
            item(
                entry,
                source,
                origin=draw(st.sampled_from(roots)),
                interest=f"party-{side}" if side in "ab" else None,
                group=f"party-{side}" if side in "ab" else source,
                medium=_MEDIA[source[:-2]],
                stance=draw(st.sampled_from(Stance)),
                reliability=draw(st.sampled_from("ABCDEF")),
                credibility=draw(st.integers(1, 6)),
                chance_ppm=draw(st.sampled_from((0, 300_000, 900_000, 1_000_000))),
                admits=draw(st.booleans()) and side in "ab",
            )
        )
    return found
