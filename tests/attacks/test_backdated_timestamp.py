"""A timestamp that puts a later state of the log before an earlier one."""

from pathlib import Path

import pytest

from tests.stamping import authority
from tests.witnessing import SmallLog
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import NotTrusted
from trucekeeper.office.timestamping import checked
from trucekeeper.peers import timestamps
from trucekeeper.peers.timestamps import APART_MS, Dated, Stamped, backdated

T = 1_772_366_400_000


def dated(name: str, size: int, at: int, accuracy_ms: int = 0) -> Dated:
    return Dated(name, size, Stamped(Instant(at), accuracy_ms, 1))


def test_tokens_in_the_order_of_the_log_pass() -> None:
    assert backdated([dated("anna", 9, T + 5), dated("anna", 5, T), dated("anna", 5, T + 9)]) == ()
    assert backdated([dated("anna", 5, T), dated("anna", 9, T)]) == ()
    assert backdated([]) == ()


def test_one_authority_that_dates_more_leaves_earlier_is_found() -> None:
    small, large = dated("anna", 5, T), dated("anna", 9, T - 1000)
    assert backdated([large, small]) == ((small, large),)


def test_two_authorities_may_differ_by_their_clocks_and_no_more() -> None:
    small = dated("anna", 5, T, 1000)
    near, far = dated("bert", 9, T - APART_MS - 1000), dated("bert", 9, T - APART_MS - 1001)
    assert backdated([small, near]) == ()
    assert backdated([small, far]) == ((small, far),)


@pytest.mark.needs("openssl")
def test_a_checkpoint_dated_in_advance_and_filled_in_afterwards_is_caught(tmp_path: Path) -> None:
    """The office kept back a token of a larger tree, and says that the smaller one came later."""
    log, tsa = SmallLog(), authority(tmp_path / "anna")

    def token(size: int) -> Path:
        query = timestamps.asked(log.grown_to(size).signed(size))
        folder = tmp_path / "timestamps" / str(size)
        folder.mkdir(parents=True)
        (folder / "anna.tsr").write_bytes(tsa.reply(query.request))
        (folder / "anna.json").write_bytes(query.data())
        return folder / "anna.tsr"

    root = tsa.root.read_bytes()
    larger = token(9)
    at = timestamps.verified(
        larger.read_bytes(), timestamps.query(larger.with_suffix(".json").read_bytes()), root
    ).at
    while True:  # the authority's clock counts whole seconds
        smaller = token(5)
        query = timestamps.query(smaller.with_suffix(".json").read_bytes())
        if timestamps.verified(smaller.read_bytes(), query, root).at > at:
            break
        for one in smaller.parent.iterdir():
            one.unlink()
        smaller.parent.rmdir()
    with pytest.raises(NotTrusted, match="a timestamp was back-dated: anna dates the checkpoint of 9 leaves"):
        checked([larger, smaller], {"anna": root}, b"", log.vkey)
    assert [one.size for one in checked([larger], {}, root, log.vkey)] == [9]
