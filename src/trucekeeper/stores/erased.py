"""What an erasure takes out of the projections, at the place in the record where it comes into force.

So it makes no difference whether the tables were there before, or are made anew from a record that has forgotten: what
is erased leaves no row but the line that says so. An observation that lost a field which rules read is no evidence any
more, and goes whole; one that lost another field stays without it.
"""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotFound
from trucekeeper.observations import wire as observations_wire
from trucekeeper.record import disclosure, erasure, foureyes
from trucekeeper.record.erasure import Erased
from trucekeeper.record.foureyes import Approved, Said
from trucekeeper.record.ref import Ref
from trucekeeper.stores import tables
from trucekeeper.stores.database import BOXES
from trucekeeper.stores.rows import Recorded, Rows
from trucekeeper.stores.story import Story
from trucekeeper.stores.tables import below, number

APPROVAL = foureyes.KIND


def react(connection: sa.Connection, story: Story, approval: Recorded) -> Rows:
    """If ``approval`` brings an erasure into force, forget what it names; gives the rows that remain to be added.

    Everything before it must have been written.
    """
    rows = Rows()
    found = _brought_in(connection, approval)
    if found is None:
        return rows
    gone = found.erasure
    values = {
        "erasure": found.entry,
        "approval": found.approval,
        "entry": gone.ref.entry,
        "row": gone.ref.row,
        "path": gone.path,
        "author": gone.author,
    }
    connection.execute(tables.ERASED.insert(), [values])
    paths = _paths(connection, gone.ref)
    forget(connection, gone.ref, wholly=None in paths)
    left = _left(story, gone.ref, paths)
    if left is not None:
        rows.add_seen(gone.ref, left, canon.encode(left))
    return rows


def forget(connection: sa.Connection, ref: Ref, *, wholly: bool = True) -> None:
    """Take out every row that says something of ``ref``; of a batch's entry, of all its rows.

    The entry's own line, which says who signed it and when, stays unless it is forgotten wholly.
    """
    first, last = (
        (number(ref), number(ref) + 1) if ref.row >= 0 else (number(Ref(ref.entry)), below(ref.entry + 1))
    )
    for table, column in ((tables.OBSERVATIONS, "id"), (tables.TOUCHINGS, "observation")):
        connection.execute(table.delete().where(table.c[column] >= first, table.c[column] < last))
    connection.execute(sa.text(f"DELETE FROM {BOXES} WHERE id >= {first} AND id < {last}"))  # noqa: S608 - whole numbers
    unreadable = tables.UNREADABLE.delete().where(tables.UNREADABLE.c.entry == ref.entry)
    if ref.row >= 0:
        unreadable = unreadable.where(tables.UNREADABLE.c.row == ref.row)
    connection.execute(unreadable)
    if ref.row < 0:
        connection.execute(tables.BODIES.delete().where(tables.BODIES.c.entry == ref.entry))
        if wholly:
            connection.execute(tables.ENTRIES.delete().where(tables.ENTRIES.c.entry == ref.entry))


def lost(connection: sa.Connection, refs: Iterable[Ref], *, wholly: bool = False) -> tuple[Ref, ...]:
    """Those of ``refs`` that were erased, or (unless ``wholly``) lost a field which rules read, in order."""
    asked = sa.select(tables.ERASED.c.entry, tables.ERASED.c.row, tables.ERASED.c.path)
    gone = {
        Ref(entry, row)
        for entry, row, path in connection.execute(asked)
        if path is None or not (wholly or unread(path))
    }
    return tuple(sorted(ref for ref in refs if ref in gone or Ref(ref.entry) in gone))


def unread(path: str) -> bool:
    """Whether no rule reads what stands at this path of an observation."""
    return any(disclosure.within(path, name) for name in observations_wire.UNREAD)


def _brought_in(connection: sa.Connection, line: Recorded) -> Erased | None:
    """The erasure that this entry is the first sound approval of, if it is one."""
    try:
        named = foureyes.read(line.body).entry
    except BadInput:
        return None
    approval = Said(line.entry, line.kind, line.holder, line.at, line.digest, line.body)
    known = sa.select(tables.ERASED.c.erasure).where(tables.ERASED.c.erasure == named)
    proposal = _said(connection, named)
    if proposal is None or connection.execute(known).first() or not foureyes.stands(proposal, approval):
        return None
    return erasure.in_force(Approved(proposal, approval))


def _said(connection: sa.Connection, entry: int) -> Said | None:
    asked = (
        sa.select(tables.ENTRIES, tables.BODIES.c.body)
        .join(tables.BODIES, tables.BODIES.c.entry == tables.ENTRIES.c.entry)
        .where(tables.ENTRIES.c.entry == entry, tables.ENTRIES.c.kind == erasure.KIND)
    )
    row = connection.execute(asked).one_or_none()
    if row is None:
        return None
    body = canon.decode_object(row.body)
    return Said(row.entry, row.kind, row.holder, Instant(row.admitted_ms), row.digest, body)


def _paths(connection: sa.Connection, ref: Ref) -> set[str | None]:
    asked = sa.select(tables.ERASED.c.path).where(
        tables.ERASED.c.entry == ref.entry, tables.ERASED.c.row == ref.row
    )
    return set(connection.execute(asked).scalars())


def _left(story: Story, ref: Ref, paths: set[str | None]) -> dict[str, Json] | None:
    """The body of an observation without these fields, where it still is one."""
    if not all(path is not None and unread(path) for path in paths):
        return None
    try:
        one = story.record.entry(ref.entry)
    except NotFound:
        return None
    if one.kind != observations_wire.KIND:
        return None
    return disclosure.visible(_less(one.body, {path for path in paths if path is not None}))


def _less(value: Mapping[str, Json], paths: set[str], way: str = "") -> dict[str, Json]:
    left: dict[str, Json] = {}
    for name, one in value.items():
        if way + name not in paths:
            left[name] = _less(one, paths, f"{way}{name}.") if isinstance(one, dict) else one
    return left
