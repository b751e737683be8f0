"""What a notice or a plan meets, for programs and for people: notices, zones where nobody goes, and flights."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, format_utc

if TYPE_CHECKING:
    from trucekeeper.airspace.model import Intent
    from trucekeeper.desks.deconfliction import Met


def met_json(met: "Sequence[Met]", flights: "Sequence[Intent]") -> list[Json]:
    """What is met, for programs."""
    found: list[Json] = [
        {"volume": one.by, "notice": one.notice} if one.zone is None else {"volume": one.by, "zone": one.zone}
        for one in met
    ]
    return [*found, *(_flight(one) for one in flights)]


def _flight(flight: "Intent") -> Json:
    start, end = _during(flight)
    return {
        "flight": flight.id,
        "manager": flight.manager,
        "state": flight.state.value,
        "start": start,
        "end": end,
    }


def met_words(met: "Sequence[Met]", flights: "Sequence[Intent]") -> list[str]:
    """What is met, for people, each once."""
    found = [
        f"notice {one.notice}" if one.zone is None else f"the zone {one.zone}, where nobody goes"
        for one in dict.fromkeys(replace(one, by=0) for one in met)
    ]
    for one in flights:
        start, end = _during(one)
        found.append(f"a flight of {one.manager}, {one.state.value}, {start} to {end}")
    return found


def _during(flight: "Intent") -> tuple[str, str]:
    """From when to when; the standard asks for both of every flight."""
    from trucekeeper.airspace.model import earliest, latest

    return _said(earliest(flight.volumes)), _said(latest(flight.volumes))


def _said(at: Instant | None) -> str:
    return "not said" if at is None else format_utc(at)
