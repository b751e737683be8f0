import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trucekeeper.findings import wire
from trucekeeper.findings.model import (
    Ballot,
    Draft,
    Erratum,
    Finding,
    Invitation,
    Position,
    Question,
    Reason,
    Reply,
)
from trucekeeper.kernel import canon
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.truth import Truth
from trucekeeper.record.ref import Ref

REFS = st.builds(Ref, st.integers(0, 10**9), st.integers(-1, 10**6))
MANY = st.lists(REFS, max_size=3).map(tuple)
WORDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
NAMES = st.text("abc-1", min_size=1, max_size=9)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
TIMES = st.integers(-(10**12), 10**13).map(Instant)
REASONS = st.builds(
    Reason, st.sampled_from(("event.seen", "violation.place")), st.sampled_from(Truth), MANY, WORDS
)
FINDINGS = st.builds(
    Finding,
    incident=st.just("INC-2026-000001"),
    term=NAMES,
    reading=st.just("") | NAMES,
    question=st.sampled_from(Question),
    answer=st.sampled_from(Truth),
    words=st.sampled_from(("established", "refuted", "not established", "unverifiable")),
    party=st.none() | NAMES,
    probability_ppm=st.none() | st.integers(1, 999_999),
    severity=st.none() | NAMES,
    reasons=st.lists(REASONS, max_size=3).map(tuple),
)
SOME = st.lists(REFS, min_size=1, max_size=3).map(tuple)
SETS = st.lists(FINDINGS, min_size=1, max_size=3).map(tuple)
DRAFTS = st.builds(Draft, st.just("INC-2026-000001"), DIGESTS, st.integers(0, 10**9), SOME, NAMES, SETS)


def there_and_back(body: canon.Json, read: Callable[[bytes], object]) -> object:
    return read(canon.encode(body))


@given(DRAFTS)
def test_a_draft_reads_back_as_it_was_written(draft: Draft) -> None:
    assert there_and_back(wire.finding_body(draft), wire.read_finding) == draft


@given(st.builds(Invitation, REFS, DIGESTS, NAMES, TIMES))
def test_an_invitation_reads_back_as_it_was_written(invitation: Invitation) -> None:
    assert there_and_back(wire.invitation_body(invitation), wire.read_invitation) == invitation


@given(st.builds(Reply, REFS, NAMES, st.sampled_from(Position), WORDS, MANY))
def test_a_reply_reads_back_as_it_was_written(reply: Reply) -> None:
    assert there_and_back(wire.reply_body(reply), wire.read_reply) == reply


@given(st.builds(Ballot, REFS, DIGESTS, st.booleans(), WORDS))
def test_a_vote_reads_back_as_it_was_written(ballot: Ballot) -> None:
    assert there_and_back(wire.vote_body(ballot), wire.read_vote) == ballot


@given(st.builds(Erratum, REFS, st.none() | REFS, WORDS.filter(bool)))
def test_an_erratum_reads_back_as_it_was_written(erratum: Erratum) -> None:
    assert there_and_back(wire.erratum_body(erratum), wire.read_erratum) == erratum


VOTE: dict[str, object] = {"approves": True, "digest": "a" * 64, "finding": "40", "says": ""}


@pytest.mark.parametrize(
    "change",
    [
        {"approves": 1},
        {"digest": "A" * 64},
        {"digest": "a" * 63},
        {"finding": "040"},
        {"finding": 40},
        {"more": 1},
    ],
)
def test_a_vote_that_is_not_exactly_so_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        wire.read_vote(json.dumps({**VOTE, **change}, separators=(",", ":"), sort_keys=True).encode())


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff\xfe", json.dumps(VOTE).encode()])
def test_other_bytes_are_refused_in_one_sentence(raw: bytes) -> None:
    with pytest.raises(BadInput, match="vote/v1 body"):
        wire.read_vote(raw)


def test_an_erratum_says_what_was_wrong() -> None:
    with pytest.raises(BadInput, match="says"):
        wire.read_erratum(b'{"corrects":"7","instead":null,"says":""}')
