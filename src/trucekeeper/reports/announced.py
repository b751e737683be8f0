"""What was announced and struck all the same: counted, late and coarse, and only where the notifier agreed.

Where a strike lay tells who fired whether it hit. So no place is named, not even a sector, and no case is counted
before three days have passed.
"""

from collections import defaultdict

from trucekeeper.kernel.clock import Instant
from trucekeeper.record.ref import Ref
from trucekeeper.reports.counting import entries
from trucekeeper.reports.model import Row, Section, Table
from trucekeeper.reports.scene import Scene

DELAY_MS = 72 * 3_600_000
"""How old a case is before a report counts it."""


def announced_section(scene: Scene) -> Section:
    """How many such cases there are, by what was struck; never where, nor when within the period."""
    title = "Announced, and struck all the same"
    end = scene.interval.start if scene.interval.end is None else scene.interval.end
    old = [one for one in scene.book.announced(scene.upto) if one.at <= Instant(end - DELAY_MS)]
    late = "Cases are counted three days late, without a place, and only where the notifier agreed."
    if not old:
        return Section("announced", title, ((f"None that may be counted. {late}",),))
    by_category: dict[str, list[Ref]] = defaultdict(list)
    for one in old:
        by_category[one.category].append(one.ref)
    words = (entries(one.ref for one in old), " cases so far. They say who knew, and not who fired. ", late)
    rows = tuple(Row(name, (entries(refs),)) for name, refs in sorted(by_category.items()))
    table = Table("announced", "By what was struck", ("Type", "Cases"), rows)
    return Section("announced", title, (words,), (table,))
