"""Bundles of a witnessed log whose keys change: what holds is shown, and nothing else comes out but a refusal."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.office import entries, rebuilt
from tests.record.kit import (
    LOG,
    NOW,
    ORIGIN,
    VKEY,
    _rooted,
    _sealed_keys,
    keyset_of,
    repeatable,
    sealed,
    signer,
)
from tests.record.kit import ROOT as ROOT_KEYS
from tests.witnessing import vkey
from trucekeeper.kernel import canon, note
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import SetClock
from trucekeeper.record import bundle
from trucekeeper.record.cosignature import cosign
from trucekeeper.record.entry import opened, seal
from trucekeeper.record.ref import Ref
from trucekeeper.record.root import Root
from trucekeeper.stores.sql_record import SqlRecord
from trucekeeper.verifier.entries import keyset, read
from trucekeeper.verifier.notes import Refused, Vkey
from trucekeeper.verifier.verify import Verified, verify_bundle

AT_S = NOW // 1000
POLICY = (
    f"log {VKEY}\n"
    + "".join(f"witness {name} {vkey(name)}\n" for name in ("g1", "g2", "g3", "party-a"))
    + "group guarantors 2 g1 g2 g3\nquorum guarantors\n"
)


def cosigned(data: bytes, *names: str, text: str | None = None) -> bytes:
    stated = note.parse(data).text if text is None else text
    return note.with_lines(
        data, [cosign(signer(name), name, stated, AT_S + at) for at, name in enumerate(names)]
    )


@pytest.fixture(scope="module")
def witnessed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlRecord]:
    """Entry 0 with a policy, an observation with its place apart, a change of keys, another observation."""
    folder = tmp_path_factory.mktemp("witnessed")
    first = _sealed_keys(_rooted(keyset_of(root=ROOT_KEYS, policy=POLICY)), 0)
    with SqlRecord.create(folder / "office", LOG, first, SetClock(NOW), repeatable()) as record:
        body: dict[str, Json] = {"kind": "report", "where": {"lat_u": 1, "lon_u": 2}, "uid": "r1"}
        record.append(
            [
                seal(
                    signer("monitor-1"),
                    "observation/v1",
                    ORIGIN,
                    "1" * 32,
                    NOW,
                    body,
                    apart=("where",),
                    draw=repeatable(),
                )
            ]
        )
        names = [holder.id for holder in keyset_of().holders if holder.id != "sensor-1"]
        changed = keyset_of(
            names=names, root=ROOT_KEYS, policy=POLICY, version=2, previous=opened(first).digest
        )
        record.append([_sealed_keys(_rooted(changed), 2)])
        record.append([sealed(number=3)])
        record.publish(cosigned(record.integrate(), "g1", "g3", "party-a"))
        yield record


@pytest.fixture(scope="module")
def whole(witnessed: SqlRecord) -> bytes:
    return bundle.collect(witnessed, [Ref(1), Ref(3)], "the lake")


def test_a_witnessed_bundle_shows_quorum_tiers_and_the_change_of_keys(whole: bytes) -> None:
    shown = verify_bundle(whole, VKEY, POLICY)
    assert shown.times == {"g1": AT_S, "g3": AT_S + 1, "party-a": AT_S + 2}
    assert list(shown.beyond) == ["party-a"]
    assert [index for index, _, _ in shown.entries] == [0, 1, 2, 3]
    assert shown.steps[5] == "(6) the key sets, from entry 0 on: version 2, 9 holders"
    assert "your own policy was not given" in verify_bundle(whole, VKEY).steps[2]


def test_a_field_that_is_not_shown_is_counted_and_the_rest_stands(witnessed: SqlRecord) -> None:
    data = bundle.collect(witnessed, [Ref(1)], "without the place", shown=lambda _: ())
    shown = verify_bundle(data, VKEY, POLICY)
    body = next(entry.body for index, entry, _ in shown.entries if index == 1)
    assert "where" not in body
    assert "1 fields not disclosed" in shown.steps[6]


def test_a_policy_of_ones_own_that_differs_is_refused(whole: bytes) -> None:
    other = POLICY.replace("group guarantors 2", "group guarantors 3")
    with pytest.raises(Refused, match="step 3: its witness policy is not yours"):
        verify_bundle(whole, VKEY, other)


def note_of(value: dict[str, Json], data: bytes) -> None:
    value["checkpoint"] = data.decode()


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("g1",), "cosigned by g1: no quorum"),
        (("g1", "party-a"), "no quorum"),
        ((), "cosigned by nobody"),
        (("g1", "g2", "stranger"), "line of nobody known"),
        (("g1", "g1", "g2"), "line of nobody known"),
    ],
)
def test_a_checkpoint_without_its_quorum_or_with_other_lines_is_refused(
    whole: bytes, witnessed: SqlRecord, names: tuple[str, ...], why: str
) -> None:
    made = cosigned(witnessed.pending(), *names) if names else witnessed.pending()
    with pytest.raises(Refused, match=rf"step 3: .*{why}"):
        verify_bundle(rebuilt(whole, lambda value: note_of(value, made)), VKEY, POLICY)


def test_a_cosignature_over_another_checkpoint_or_by_a_retired_key_is_refused(
    whole: bytes, witnessed: SqlRecord
) -> None:
    other = cosigned(witnessed.pending(), "g1", "g2", text=f"{ORIGIN}\n9\n{'A' * 43}=\n")
    with pytest.raises(Refused, match="step 3: the cosignature of g1 does not hold"):
        verify_bundle(rebuilt(whole, lambda value: note_of(value, other)), VKEY, POLICY)
    text = note.parse(witnessed.pending()).text
    retired = [cosign(signer("g1 of last year"), "g1", text, AT_S), cosign(signer("g2"), "g2", text, AT_S)]
    made = note.with_lines(witnessed.pending(), retired)
    with pytest.raises(Refused, match=r"step 3: .*line of nobody known"):
        verify_bundle(rebuilt(whole, lambda value: note_of(value, made)), VKEY, POLICY)


def test_a_bundle_alone_does_not_show_that_a_change_of_keys_was_left_out(whole: bytes) -> None:
    """Said in the guide: whoever wants to know mirrors the open entries."""

    def without(value: dict[str, Json]) -> None:
        kept: list[Json] = [*entries(value)[:2], *entries(value)[3:]]
        value["entries"] = kept

    assert verify_bundle(rebuilt(whole, without), VKEY, POLICY).steps[5].endswith("version 1, 10 holders")


@pytest.mark.parametrize(
    ("more", "signed", "why"),
    [
        ({}, 0, "lacks signatures of its own root keys"),
        ({}, 1, "lacks signatures of its own root keys"),
        ({"root": Root()}, 1, "does not hold|lacks the word of the former root keys"),
        ({"version": 3}, 2, "does not follow"),
        ({"previous": "00" * 32}, 2, "does not follow"),
        (
            {"origin": "hill.example/log", "vkey": note.Verifier("hill.example/log", LOG.public).vkey},
            2,
            "another log",
        ),
    ],
)
def test_a_forged_change_of_keys_is_refused(more: dict[str, object], signed: int, why: str) -> None:
    first = _sealed_keys(_rooted(keyset_of(root=ROOT_KEYS)), 0)
    log = Vkey.parse(VKEY, 1)
    before = keyset(read(first), None, log)
    fields: dict[str, object] = {"root": ROOT_KEYS, "version": 2, "previous": opened(first).digest, **more}
    good = _rooted(keyset_of(root=ROOT_KEYS, version=2, previous=opened(first).digest))
    assert keyset(read(_sealed_keys(good, 2)), before, log).body["version"] == 2
    forged = _rooted(replace(good, signatures=(), **fields))  # type: ignore[arg-type]
    forged = replace(forged, signatures=forged.signatures[:signed])
    with pytest.raises(Refused, match=why):
        keyset(read(_sealed_keys(forged, 2)), before, log)


@given(st.data())
def test_whatever_the_log_itself_signs_it_is_verified_or_refused(whole: bytes, data: st.DataObject) -> None:
    def spoil(value: dict[str, Json]) -> None:
        holder: Json = value
        for _ in range(data.draw(st.integers(0, 5))):
            inner = [
                one
                for one in (holder.values() if isinstance(holder, dict) else holder)
                if isinstance(one, dict | list) and one
            ]
            if not inner:
                break
            holder = data.draw(st.sampled_from(inner))
        odd = data.draw(
            st.sampled_from((None, 0, -1, 2**53 - 1, "", "x", [], {}, [[]], {"_sd": 1}, True, "a+b+c"))
        )
        if isinstance(holder, dict):
            holder[data.draw(st.sampled_from(sorted(holder)))] = odd
        elif holder:
            holder[data.draw(st.integers(0, len(holder) - 1))] = odd

    made = rebuilt(whole, spoil)
    with suppress(Refused):
        assert isinstance(verify_bundle(made, VKEY, POLICY), Verified)


@given(st.binary(max_size=60))
def test_whatever_is_handed_in_it_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        verify_bundle(data, VKEY)
    with pytest.raises(Refused):
        verify_bundle(canon.encode({"bundle": {"version": 2}, "sig": "AA=="}), data.decode("latin-1"))
