"""Who blames the bearer for another weapon than others saw is told to the panel."""

from tests.findings.sample import drafted
from tests.incidents.sample import sighting
from trucekeeper.findings.model import Question, Reason
from trucekeeper.incidents.model import Sighting
from trucekeeper.kernel.truth import Truth
from trucekeeper.observations.model import Kind, Weapon

SEEN = sighting(1, "patrol-1", weapon=Weapon("ied"))
BLAMED = sighting(2, "liaison-b", kind=Kind.CLAIM, by="party-a", weapon=Weapon("mortar"))


def told(*members: Sighting) -> Reason | None:
    reasons = drafted(members)[Question.ATTRIBUTION].reasons
    return next((one for one in reasons if one.test == "attribution.weapon"), None)


def test_another_weapon_than_was_seen_is_told() -> None:
    found = told(SEEN, BLAMED)
    assert found is not None
    assert (found.answer, found.refs) == (Truth.NO, (SEEN.ref, BLAMED.ref))
    assert found.says == "who names the bearer tells of a mortar; who has no interest in it saw an ied"


def test_the_same_weapon_is_told_as_that() -> None:
    found = told(SEEN, sighting(2, "liaison-b", kind=Kind.CLAIM, by="party-a", weapon=Weapon("ied")))
    assert found is not None
    assert found.answer is Truth.YES


def test_where_one_tells_of_no_weapon_nothing_is_said() -> None:
    assert told(sighting(1, "patrol-1"), BLAMED) is None
    assert told(SEEN, sighting(2, "liaison-b", kind=Kind.CLAIM, by="party-a")) is None
    assert told(BLAMED) is None


def test_it_changes_no_answer() -> None:
    named = sighting(3, "resident-1", by="party-a")
    plain = sighting(2, "liaison-b", kind=Kind.CLAIM, by="party-a")
    one, other = drafted((SEEN, BLAMED, named)), drafted((SEEN, plain, named))
    assert [each.answer for each in one.values()] == [each.answer for each in other.values()]
