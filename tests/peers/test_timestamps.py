"""Timestamps by authorities made with OpenSSL: taken over HTTP, checked without network."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.office_kit import Kit, new_kit, seen
from tests.stamping import Authority, answering, authority
from tests.witnessing import SmallLog, dripping
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotFound, NotTrusted
from trucekeeper.office import settings, timestamping
from trucekeeper.office.settings import TimestampSettings
from trucekeeper.peers import timestamps
from trucekeeper.peers.fetching import Unreachable

pytestmark = pytest.mark.needs("openssl")
CHECKPOINT = SmallLog().grown_to(5).signed()


@pytest.fixture(scope="module")
def anna(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa") / "anna")


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa") / "bert")


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = new_kit(tmp_path / "office")
    yield made
    made.office.close()


def told(kit: Kit, **urls: str) -> None:
    """Write the authorities into office.toml and open the office again."""
    file = kit.office.folder.settings
    known = tuple(
        TimestampSettings(name=name, url=url, certificate=f"{name}.pem") for name, url in urls.items()
    )
    file.write_text(settings.text(settings.read(file).model_copy(update={"timestamp": known})))
    kit.clock.at = Instant(time.time_ns() // 1_000_000)
    kit.reopen()


def test_a_token_is_taken_and_holds_without_network(anna: Authority) -> None:
    query = timestamps.asked(CHECKPOINT)
    begun = time.time_ns() // 1_000_000 - 1000
    with answering(anna.reply) as url:
        answer, stamped = timestamps.taken(query, url, anna.root.read_bytes())
    assert begun <= stamped.at <= time.time_ns() // 1_000_000 + 1000
    assert stamped.accuracy_ms == 1000
    again = timestamps.query(query.data())
    assert again == query
    assert timestamps.verified(answer, again, anna.root.read_bytes()) == stamped


def test_a_token_under_a_wrong_root_is_refused(anna: Authority, bert: Authority) -> None:
    query = timestamps.asked(CHECKPOINT)
    answer = anna.reply(query.request)
    with pytest.raises(NotTrusted, match="a timestamp does not hold"):
        timestamps.verified(answer, query, bert.root.read_bytes())
    timestamps.verified(answer, query, bert.root.read_bytes() + anna.root.read_bytes())
    with pytest.raises(BadInput, match="no PEM certificate"):
        timestamps.verified(answer, query, b"no certificate")


def test_a_token_by_a_certificate_that_had_run_out_is_refused(tmp_path: Path) -> None:
    late, query = authority(tmp_path / "late", days=-1), timestamps.asked(CHECKPOINT)
    answer = late.reply(query.request)
    with pytest.raises(NotTrusted, match="a timestamp does not hold"):
        timestamps.verified(answer, query, late.root.read_bytes())


def test_a_token_over_another_checkpoint_is_refused(anna: Authority) -> None:
    query = timestamps.asked(CHECKPOINT)
    other = timestamps.Query(SmallLog().grown_to(6).signed(), query.nonce, query.request)
    with pytest.raises(NotTrusted, match="Mismatch between messages"):
        timestamps.verified(anna.reply(query.request), other, anna.root.read_bytes())


def test_a_replayed_token_is_refused(anna: Authority) -> None:
    old = anna.reply(timestamps.asked(CHECKPOINT).request)
    with answering(lambda _: old) as url, pytest.raises(NotTrusted, match="Nonce mismatch"):
        timestamps.taken(timestamps.asked(CHECKPOINT), url, anna.root.read_bytes())


def test_any_flipped_byte_of_the_signed_part_is_refused(anna: Authority) -> None:
    query, root = timestamps.asked(CHECKPOINT), anna.root.read_bytes()
    answer = anna.reply(query.request)
    stamped = timestamps.verified(answer, query, root)
    for at in range(0, len(answer), 7):
        changed = bytearray(answer)
        changed[at] ^= 1
        try:
            found = timestamps.verified(bytes(changed), query, root)
        except NotTrusted:
            continue
        assert found == stamped  # what is not signed, such as a spare certificate's bytes, dates nothing


@pytest.mark.parametrize("answer", [b"", b"no", b"<html>", bytes(1000)])
def test_an_answer_that_is_no_token_is_refused(anna: Authority, answer: bytes) -> None:
    with pytest.raises(NotTrusted, match="a timestamp does not hold"):
        timestamps.verified(answer, timestamps.asked(CHECKPOINT), anna.root.read_bytes())


def test_an_authority_that_drips_is_bounded(anna: Authority) -> None:
    begun = time.monotonic()
    with dripping() as url, pytest.raises(Unreachable, match="did not answer in full"):
        timestamps.taken(timestamps.asked(CHECKPOINT), url, anna.root.read_bytes(), 0.4)
    assert time.monotonic() - begun < 5


def test_an_office_has_its_checkpoint_dated_by_two_authorities(
    kit: Kit, anna: Authority, bert: Authority
) -> None:
    root = kit.root
    with ExitStack() as stack:
        for one in (anna, bert):
            (root / f"{one.folder.name}.pem").write_bytes(one.root.read_bytes())
        urls = {one.folder.name: stack.enter_context(answering(one.reply)) for one in (anna, bert)}
        told(kit, **urls)
        made = timestamping.take(kit.office)
        assert made.enough
        folder = root / "log" / "timestamps" / str(made.size)
        assert sorted(one.name for one in folder.iterdir()) == [
            "anna.json",
            "anna.tsr",
            "bert.json",
            "bert.tsr",
        ]
        before = (folder / "anna.tsr").read_bytes()
        again = timestamping.take(kit.office)
        assert again.enough
        assert (folder / "anna.tsr").read_bytes() == before
    tokens = timestamping.tokens_of([root])
    roots = timestamping.certificates(root, settings.read(root / "office.toml").timestamp)
    dated = timestamping.checked(tokens, roots, b"", kit.office.record.vkey)
    assert [(one.size, one.name) for one in dated if one.name == "anna"] == [(made.size, "anna")]
    assert len(dated) == 2
    (folder / "anna.tsr").write_bytes((folder / "bert.tsr").read_bytes())
    with pytest.raises(NotTrusted, match=r"anna\.tsr: a timestamp does not hold"):
        timestamping.checked(tokens, roots, b"", kit.office.record.vkey)


def test_an_office_goes_on_when_an_authority_is_away_and_asks_once_an_hour(kit: Kit, anna: Authority) -> None:
    (kit.root / "anna.pem").write_bytes(anna.root.read_bytes())
    (kit.root / "bert.pem").write_bytes(anna.root.read_bytes())
    asked: list[bytes] = []

    def reply(request: bytes) -> bytes:
        asked.append(request)
        return anna.reply(request)

    with answering(lambda _: b"") as gone:
        pass
    with answering(reply) as url:
        told(kit, anna=url, bert=gone)
        made = timestamping.tick(kit.office)
        assert made is not None
        assert not made.enough
        assert [(one.name, one.stamped is not None) for one in made.answers] == [
            ("anna", True),
            ("bert", False),
        ]
        assert "cannot be reached" in made.answers[1].why
        kit.observe("ada", seen("p-1"))
        timestamping.tick(kit.office)
        assert len(asked) == 1
        kit.clock.at = Instant(kit.clock.at + timestamping.HOUR_MS + 5_000)
        timestamping.tick(kit.office)
        assert len(asked) == 2


def test_an_office_without_authorities_has_nothing_to_do(kit: Kit) -> None:
    assert timestamping.tick(kit.office) is None
    with pytest.raises(NotFound, match="there is no timestamp"):
        timestamping.tokens_of([kit.root])
