from pathlib import Path

import pytest

from tests.record.kit import (
    AHEAD,
    DAY_MS,
    LOG,
    NOW,
    ORIGIN,
    PEOPLE,
    genesis,
    keyset_of,
    repeatable,
    report,
    sealed,
    signer,
)
from tests.record.rooted import STAFF, first, holder, next_of, rooted, sealed_set
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, SetClock
from trucekeeper.kernel.errors import BadInput, NotPermitted, NotTrusted
from trucekeeper.record import keyset
from trucekeeper.record.admission import admit, admit_genesis
from trucekeeper.record.entry import seal
from trucekeeper.record.keyset import MAY_SIGN, Role
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.sql_record import SqlRecord

KEYS = keyset_of()
BODIES: dict[str, dict[str, Json]] = {"observation/v1": report(0, "claim"), "reply/v1": {"party": "party-a"}}
IN_FORCE = [name for name in PEOPLE if name not in {"monitor-gone", "monitor-next", "liaison-b"}]


@pytest.mark.parametrize("kind", sorted(set(MAY_SIGN) - {keyset.KIND}))
@pytest.mark.parametrize("who", IN_FORCE)
def test_each_role_signs_the_kinds_of_its_table_and_no_other(who: str, kind: str) -> None:
    envelope = sealed(who, kind, BODIES.get(kind, {}))
    if PEOPLE[who][0] in MAY_SIGN[kind]:
        admitted = admit(envelope, KEYS, ORIGIN, NOW)
        assert (admitted.mandate.holder, admitted.entry.kind) == (who, kind)
    else:
        with pytest.raises(NotPermitted, match=f"{who} is a {PEOPLE[who][0].value} and may not sign {kind}"):
            admit(envelope, KEYS, ORIGIN, NOW)


def test_nobody_signs_a_kind_that_does_not_exist() -> None:
    with pytest.raises(BadInput, match="not known"):
        admit(sealed("office", "decree/v1"), KEYS, ORIGIN, NOW)


def test_a_party_claims_and_denies_and_replies_for_itself() -> None:
    for kind in ("claim", "denial"):
        assert admit(sealed("liaison-a", body=report(0, kind)), KEYS, ORIGIN, NOW).mandate.party == "party-a"
    for kind in ("report", "detection", "coverage", "access-refused", "holding", "Claim"):
        with pytest.raises(NotPermitted, match="claims and denials"):
            admit(sealed("liaison-a", body=report(0, kind)), KEYS, ORIGIN, NOW)
    with pytest.raises(NotPermitted, match="may not reply for another party"):
        admit(sealed("liaison-a", "reply/v1", {"party": "party-b"}), KEYS, ORIGIN, NOW)
    with pytest.raises(BadInput, match="'kind' is missing"):
        admit(sealed("liaison-a", body={}), KEYS, ORIGIN, NOW)


def test_a_mandate_holds_in_its_period_alone() -> None:
    with pytest.raises(NotTrusted, match="monitor-gone had ended"):
        admit(sealed("monitor-gone"), KEYS, ORIGIN, NOW)
    with pytest.raises(NotTrusted, match="monitor-next begins"):
        admit(sealed("monitor-next"), KEYS, ORIGIN, NOW)
    late = Instant(NOW + 20 * DAY_MS)
    assert admit(sealed("monitor-next", at=AHEAD.start), KEYS, ORIGIN, late).mandate.holder == "monitor-next"
    delayed = sealed("monitor-gone", at=Instant(NOW - 11 * DAY_MS))
    assert admit(delayed, KEYS, ORIGIN, Instant(NOW + 20 * DAY_MS - 1)).mandate.holder == "monitor-gone"
    with pytest.raises(NotTrusted, match="ended more than 30 days ago"):
        admit(delayed, KEYS, ORIGIN, Instant(NOW + 20 * DAY_MS))


def test_a_clock_may_run_five_minutes_ahead_and_no_more() -> None:
    assert admit(sealed(at=Instant(NOW + 300_000)), KEYS, ORIGIN, NOW)
    with pytest.raises(BadInput, match="ahead of the office's clock"):
        admit(sealed(at=Instant(NOW + 300_001)), KEYS, ORIGIN, NOW)


def test_most_kinds_are_short_and_a_few_may_be_long() -> None:
    long: dict[str, Json] = {"kind": "report", "note": "x" * 70_000}
    with pytest.raises(BadInput, match="more than 65535"):
        admit(sealed(body=long), KEYS, ORIGIN, NOW)
    assert admit(sealed("office", "agreement/v1", long), KEYS, ORIGIN, NOW)


def test_entry_0_is_signed_by_an_office_key_that_it_lists() -> None:
    assert admit_genesis(genesis(), ORIGIN) == KEYS
    body = keyset.body(KEYS)
    cases = (
        (sealed("office"), "not the key set"),
        (sealed("office", keyset.KIND, body, origin="other.example/log"), "not the key set of"),
        (sealed("office", keyset.KIND, keyset.body(keyset_of("other.example/log"))), "not that of"),
        (sealed("stranger", keyset.KIND, body), "nobody's mandate"),
        (sealed("office", keyset.KIND, body, at=Instant(NOW + 999 * DAY_MS)), "had ended"),
    )
    for envelope, why in cases:
        with pytest.raises(NotTrusted, match=why):
            admit_genesis(envelope, ORIGIN)
    with pytest.raises(NotPermitted):
        admit_genesis(sealed("monitor-1", keyset.KIND, body), ORIGIN)


def test_the_signature_is_checked_last_but_always() -> None:
    envelope = canon.decode_object(sealed())
    other = canon.decode_object(sealed())
    swapped = canon.encode({"s": envelope["s"], "sig": other["sig"]})
    with pytest.raises(NotTrusted, match="does not hold"):
        admit(swapped, KEYS, ORIGIN, NOW)
    with pytest.raises(NotTrusted, match="another record"):
        admit(sealed(origin="other.example/log"), KEYS, ORIGIN, NOW)


def test_a_key_id_alone_opens_nothing() -> None:
    class Liar:
        key_id = signer("monitor-1").key_id
        public = signer("monitor-1").public

        def sign(self, message: bytes) -> bytes:
            return signer("stranger").sign(message)

    envelope = seal(Liar(), "observation/v1", ORIGIN, "0" * 32, NOW, report())
    with pytest.raises(NotTrusted, match="does not hold"):
        admit(envelope, KEYS, ORIGIN, NOW)


def test_every_role_may_sign_something() -> None:
    assert set(Role) == {role for roles in MAY_SIGN.values() for role in roles}


def test_a_change_of_keys_is_sealed_by_the_office_of_the_old_set() -> None:
    _, old = first()
    fresh = holder("office", Role.OFFICE, None, "office-2")
    change = next_of(old, (fresh, *STAFF[1:]))
    admitted = admit(sealed_set(change), old, ORIGIN, NOW)
    assert (admitted.change, admitted.mandate.holder) == (change, "office")
    assert admitted.change is not None
    assert admitted.change.digest == admitted.entry.digest
    with pytest.raises(NotTrusted, match="nobody's mandate"):
        admit(sealed_set(change, "office-2"), old, ORIGIN, NOW)
    with pytest.raises(NotPermitted, match="may not sign keyset/v1"):
        admit(sealed_set(change, "monitor-1"), old, ORIGIN, NOW)
    with pytest.raises(NotTrusted, match="nobody's mandate"):
        admit(sealed("office"), admitted.change, ORIGIN, NOW)


def test_a_change_says_which_signatures_are_missing_and_how_many() -> None:
    _, old = first()
    cases = (
        ((), None, "lacks 2 of 2 root signatures of the old set and 2 of 2 root signatures of the new set;"),
        (
            ("root-3",),
            None,
            "lacks 1 of 2 root signatures of the old set and 1 of 2 root signatures of the new set;",
        ),
        (
            ("root-1", "root-2"),
            rooted(3, "root-1", "root-2", "root-4"),
            "lacks 1 of 3 root signatures of the new set;",
        ),
        (("root-1", "root-4"), rooted(2, "root-1", "root-4"), "lacks 1 of 2 root signatures of the old set;"),
    )
    for by, root_, why in cases:
        with pytest.raises(NotTrusted, match=why):
            admit(sealed_set(next_of(old, root_=root_, by=by)), old, ORIGIN, NOW)


def test_a_record_takes_entries_under_the_set_in_force_and_keeps_what_was_before(tmp_path: Path) -> None:
    genesis, old = first()
    with SqlRecord.create(tmp_path / "office", LOG, genesis, SetClock(NOW), repeatable()) as record:
        record.append([sealed("monitor-1", number=1)])
        fresh = holder("monitor-1", Role.MONITOR, None, "monitor-1b")
        change = next_of(old, [fresh if one.id == "monitor-1" else one for one in STAFF])
        assert record.append([sealed_set(change)])[0].index == 2
        with pytest.raises(NotTrusted, match="nobody's mandate"):
            record.append([sealed("monitor-1", number=2)])
        assert record.append([sealed("monitor-1b", number=3)])[0].index == 3
    with SqlReader(tmp_path / "office") as reader:
        history = reader.keysets()
        assert [(at, one.version) for at, one in history.changes] == [(0, 1), (2, 2)]
        for index, name in ((1, "monitor-1"), (3, "monitor-1b")):
            found = reader.entry(index)
            assert found.key == signer(name).key_id
            assert history.at(index).mandate(found.key, found.at).holder == "monitor-1"
