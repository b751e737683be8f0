"""sight/v1: who was shown a protected site, or how much a caller asked, as the office signed it."""

from collections.abc import Mapping
from typing import NoReturn

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import format_utc, parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements.watching import Probes, Read
from trucekeeper.parties.wire import Strict, parsed, unfit

KIND = "sight/v1"
WAYS = ("notice", "list", "recipients", "sheet", "conflicts")
MOST_NOTICES = 1_000


class SightV1(Strict):
    """The body of a sight/v1 entry: a read has ``notices`` and ``by``, probes have the rest."""

    caller: str
    notices: list[int] | None = None
    by: str | None = None
    start: str | None = None
    end: str | None = None
    asked: int | None = None
    met: int | None = None
    refused: int | None = None


def read(body: Mapping[str, Json]) -> Read | Probes:
    """What ``body`` (sight/v1) tells of."""
    form = parsed(SightV1, "sight", body)
    counted = (form.start, form.end, form.asked, form.met, form.refused)
    if form.notices is not None and form.by is not None and counted == (None,) * 5:
        seen = Read(form.caller, tuple(form.notices), form.by)
        _check_read(seen)
        return seen
    if (
        form.notices is not None
        or form.by is not None
        or form.start is None
        or form.end is None
        or form.asked is None
        or form.met is None
        or form.refused is None
    ):
        _refuse("the body", "is neither a read nor a count of questions; give the fields of one of the two")
    probes = Probes(
        form.caller, parse_utc(form.start), parse_utc(form.end), form.asked, form.met, form.refused
    )
    _check_probes(probes)
    return probes


def body(seen: Read | Probes) -> dict[str, Json]:
    """The sight/v1 body of ``seen``; refuses what :func:`read` would refuse."""
    if isinstance(seen, Read):
        _check_read(seen)
        return {"caller": seen.caller, "notices": list(seen.notices), "by": seen.by}
    _check_probes(seen)
    return {
        "caller": seen.caller,
        "start": format_utc(seen.start),
        "end": format_utc(seen.end),
        "asked": seen.asked,
        "met": seen.met,
        "refused": seen.refused,
    }


def _check_read(seen: Read) -> None:
    _check_caller(seen.caller)
    if seen.by not in WAYS:
        _refuse("by", f"is none that is known; write one of {', '.join(WAYS)}")
    if not 0 < len(seen.notices) <= MOST_NOTICES or list(seen.notices) != sorted(set(seen.notices)):
        _refuse("notices", f"are not 1 to {MOST_NOTICES} entries in ascending order; sort or divide them")
    if seen.notices[0] < 2:
        _refuse("notices", "holds no entry of a notice; entries 0 and 1 are the keys and the agreement")


def _check_probes(probes: Probes) -> None:
    _check_caller(probes.caller)
    if probes.end <= probes.start:
        _refuse("end", "is not after start; correct the two")
    if min(probes.asked, probes.refused) < 0 or not 0 <= probes.met <= probes.asked:
        _refuse("asked", "and met and refused are no counts; count again")


def _check_caller(caller: str) -> None:
    if fault := unfit(caller, 200):
        _refuse("caller", fault)


def _refuse(field: str, why: str) -> NoReturn:
    msg = f"sight: {field} {why}"
    raise BadInput(msg)
