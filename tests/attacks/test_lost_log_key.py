"""The log's key is lost or stolen: the log ends where it was last published, and another goes on from there."""

import shutil
from pathlib import Path

import pytest

from tests.record.kit import LOG, NOW, ORIGIN, repeatable, sealed, signer
from tests.record.rooted import STAFF, first, rooted
from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import BadInput, Conflict, NotTrusted
from trucekeeper.kernel.note import Verifier
from trucekeeper.office import succession
from trucekeeper.record import keyset
from trucekeeper.record.root import Root
from trucekeeper.stores.sql_record import SqlRecord

NEW_LOG = signer("new log")
NEW_ORIGIN = "lake.example/log-2"
VKEY = Verifier(ORIGIN, LOG.public).vkey
CLOCK = SetClock(NOW)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A log of three entries, published."""
    genesis, _ = first()
    with SqlRecord.create(tmp_path / "old", LOG, genesis, CLOCK, repeatable()) as record:
        record.append([sealed(number=1), sealed(number=2)])
    return tmp_path / "old"


def begun(
    folder: Path, continues: str, by: tuple[str, ...] = ("root-1", "root-2"), root: Root | None = None
) -> Path:
    """A new log in ``folder`` that says that it goes on from the note ``continues``."""
    asked = rooted(2, "root-1", "root-2", "root-3") if root is None else root
    genesis, _ = first(STAFF, asked, by, NEW_LOG, NEW_ORIGIN, continues=continues)
    SqlRecord.create(folder, NEW_LOG, genesis, CLOCK, repeatable(b"new")).close()
    return folder


def note_of(office: Path) -> str:
    return (office / "log" / "checkpoint").read_text("utf-8")


def test_a_frozen_log_takes_nothing_more(old: Path) -> None:
    stated = succession.freeze(old, "the key was stolen", CLOCK)
    said = canon.decode_object((old / "log" / "frozen").read_bytes().removesuffix(b"\n"))
    assert (stated.size, said["reason"], said["checkpoint"]) == (3, "the key was stolen", note_of(old))
    with pytest.raises(Conflict, match="frozen"):
        SqlRecord.open(old, LOG, CLOCK)
    with pytest.raises(Conflict, match="frozen"):
        succession.freeze(old, "again", CLOCK)


def test_a_writer_that_is_at_work_stops_too(tmp_path: Path) -> None:
    genesis, _ = first()
    with SqlRecord.create(tmp_path / "o", LOG, genesis, CLOCK, repeatable()) as record:
        succession.freeze(tmp_path / "o", "stolen", CLOCK)
        with pytest.raises(Conflict, match="frozen"):
            record.append([sealed()])
        with pytest.raises(Conflict, match="frozen"):
            record.integrate()


def test_a_log_that_could_go_on_is_not_continued(old: Path) -> None:
    with pytest.raises(Conflict, match="not frozen"):
        succession.last_checkpoint(old)
    succession.freeze(old, "stolen", CLOCK)
    assert succession.last_checkpoint(old) == note_of(old)


def test_the_new_log_is_seen_to_go_on_from_the_last_checkpoint(old: Path, tmp_path: Path) -> None:
    new = begun(tmp_path / "new", note_of(old))
    found = succession.chained(new, old)
    assert (found.origin, found.former.size, found.signed, found.threshold) == (NEW_ORIGIN, 3, 2, 2)


def test_a_cut_of_the_old_log_is_caught(old: Path, tmp_path: Path) -> None:
    """Whoever goes on from an older checkpoint would drop the entries after it."""
    early = note_of(old)
    with SqlRecord.open(old, LOG, CLOCK, repeatable(b"2")) as record:
        record.append([sealed(number=3)])
    new = begun(tmp_path / "new", early)
    with pytest.raises(NotTrusted, match="does not continue this checkpoint"):
        succession.chained(new, old)


def test_a_thief_of_the_log_key_continues_nothing_without_the_root_keys(old: Path, tmp_path: Path) -> None:
    for number, (root, by) in enumerate(((rooted(0), ()), (rooted(1, "thief"), ("thief",)))):
        new = begun(tmp_path / f"new-{number}", note_of(old), by, root)
        with pytest.raises(NotTrusted, match=r"0 of the root keys of lake.example/log signed"):
            succession.chained(new, old)
    few = begun(tmp_path / "few", note_of(old), ("root-1",), rooted(1, "root-1"))
    with pytest.raises(NotTrusted, match=r"1 of the root keys of lake.example/log signed .* where 2 must"):
        succession.chained(few, old)


def test_a_checkpoint_that_the_old_log_never_signed_is_caught(old: Path, tmp_path: Path) -> None:
    genesis, _ = first(log=signer("thief"))
    SqlRecord.create(tmp_path / "forged", signer("thief"), genesis, CLOCK, repeatable()).close()
    new = begun(tmp_path / "new", note_of(tmp_path / "forged"))
    with pytest.raises(NotTrusted, match="does not continue this checkpoint"):
        succession.chained(new, old)
    _, made = first(STAFF, log=NEW_LOG, origin=NEW_ORIGIN, continues=note_of(tmp_path / "forged"))
    with pytest.raises(NotTrusted):
        keyset.follows(made, note_of(tmp_path / "forged").encode(), VKEY)


def test_another_first_key_set_beside_the_new_log_is_caught(old: Path, tmp_path: Path) -> None:
    true, other = (
        begun(tmp_path / "new", note_of(old)),
        begun(tmp_path / "other", note_of(old), ("root-1", "root-3")),
    )
    shutil.copy(other / "log" / "open" / "0.json", true / "log" / "open" / "0.json")
    with pytest.raises(NotTrusted, match="does not lie under its checkpoint"):
        succession.chained(true, old)


def test_neither_name_nor_key_of_the_lost_log_is_used_again(old: Path) -> None:
    with pytest.raises(BadInput, match="another origin"):
        first(continues=note_of(old))
    _, same = first(log=LOG, origin=NEW_ORIGIN, continues=note_of(old))
    with pytest.raises(NotTrusted, match="with the same key"):
        keyset.follows(same, note_of(old).encode(), VKEY)
