"""Denials and delays of the monitors' own movement."""

from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.span import Span
from trucekeeper.observations.model import Access, Kind
from trucekeeper.reports.counting import entries
from trucekeeper.reports.model import Cell, Figure, Form, Row, Section, Table, Words
from trucekeeper.reports.phrases import clock_words
from trucekeeper.reports.placing import placed_label
from trucekeeper.reports.scene import Scene


def access_section(scene: Scene) -> Section:
    """Each restriction with time, sector, who, how long, reason in their own words, and whether notice was given."""
    seen = tuple(
        (one, access)
        for one in scene.neutral_of(Kind.ACCESS_REFUSED)
        if (access := one.observation.access) is not None
    )
    title = "Freedom of movement"
    if not seen:
        return Section("access", title, (("No denial or delay of access was recorded.",),))
    denied = entries(one.ref for one, access in seen if access.denied)
    delayed = entries(one.ref for one, access in seen if not access.denied)
    words = ("Access was denied in ", denied, " and delayed in ", delayed, " recorded cases.")
    note = "Reasons are quoted as given. Sector only: where a patrol stood is not published."
    columns = ("Time", "Sector", "By", "What", "Delay", "Patrol", "Reason given", "Notice given before")
    table = Table("access", "Each restriction", columns, tuple(_row(scene, *pair) for pair in seen), note)
    return Section("access", title, (words,), (table,))


def _row(scene: Scene, one: Sighting, access: Access) -> Row:
    notice = {True: "yes", False: "no", None: "not stated"}[access.prior_notice]
    delay: Cell = Words("not stated" if not access.denied else "not a delay")
    if access.delay_min is not None:
        delay = Figure(Span.exactly(access.delay_min), (one.ref,), Form.MINUTES)
    patrol: Cell = Words("not stated")
    if access.patrol_size is not None:
        patrol = Figure(Span.exactly(access.patrol_size), (one.ref,))
    return Row(
        clock_words(one.observation.when, scene.agreement.timezone),
        (
            Words(placed_label(scene.places.sector_at(one.observation.where), scene.sector)),
            Words(scene.party(access.by)),
            Words("denied" if access.denied else "delayed"),
            delay,
            patrol,
            Words(f"“{access.stated_reason}”" if access.stated_reason else "none given"),
            Words(notice),
        ),
    )
