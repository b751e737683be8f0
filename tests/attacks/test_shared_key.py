"""One key for two purposes: its holder could act as two, or a signature made for one thing be used for another."""

from pathlib import Path

import pytest

from tests.record.kit import LOG, NOW, ORIGIN, keyset_of, repeatable, signer
from tests.record.rooted import STAFF, first, holder, next_of, sealed_set, signed
from trucekeeper.kernel import b64
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.kernel.note import COSIGNATURE, Verifier
from trucekeeper.record import admission, amendment, entry, keyset, root
from trucekeeper.record.keyset import KeySet, Role
from trucekeeper.stores.sql_record import SqlRecord

PANEL = signer("panel-1")
VKEY = keyset_of().vkey
WITNESS = Verifier("w.example", PANEL.public, COSIGNATURE).vkey


def changed(name: str, value: Json) -> bytes:
    """A change of keys with one field replaced, signed by the root keys and sealed by the office all the same."""
    body = {**keyset.body(next_of(OLD, by=())), name: value}
    made = [root.sign(signer(one), keyset.PAYLOAD_TYPE, body) for one in ("root-1", "root-2")]
    body = {**body, root.FIELD: root.written(made)}
    return entry.seal(signer("office"), keyset.KIND, ORIGIN, "7" * 32, NOW, body)


_, OLD = first()
ROOTS = [b64.encode(signer(one).public) for one in ("root-1", "root-2", "root-3")]


def roots(*names: str) -> Json:
    return {"keys": [*ROOTS, *(b64.encode(signer(one).public) for one in names)], "threshold": 2}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("policy", f"log {VKEY}\nwitness w {WITNESS}\nquorum w\n"),
        ("root", roots("panel-1")),
        ("root", roots("office")),
        ("root", roots("log")),
        ("root", roots("root-1")),
    ],
    ids=(
        "a witness",
        "a root key",
        "the officer as a root key",
        "the log as a root key",
        "one root key twice",
    ),
)
def test_a_key_with_two_purposes_is_refused_even_with_all_signatures(name: str, value: Json) -> None:
    with pytest.raises(BadInput, match="stands twice in a key set"):
        admission.admit(changed(name, value), OLD, ORIGIN, NOW)


def test_a_party_does_not_replay_with_the_key_of_its_liaison(tmp_path: Path) -> None:
    replayer = holder("replay-a", Role.REPLAY, "party-a", "liaison-a")
    with pytest.raises(BadInput, match="stands twice in a key set"):
        KeySet(ORIGIN, VKEY, (*STAFF, replayer))
    true = holder("replay-a", Role.REPLAY, "party-a")
    genesis, _ = first((*STAFF, true))
    with SqlRecord.create(tmp_path / "o", LOG, genesis, SetClock(NOW), repeatable()) as record:
        assert record.keyset().mandate(signer("replay-a").key_id, NOW).party == "party-a"


def test_a_root_signature_is_none_for_an_amendment_and_the_other_way() -> None:
    made = next_of(OLD)
    body = {**keyset.body(made)}
    crossed = [root.sign(signer(one), amendment.PAYLOAD_TYPE, body) for one in ("root-1", "root-2")]
    body = {**body, root.FIELD: root.written(crossed)}
    with pytest.raises(NotTrusted, match="does not hold under this text"):
        keyset.succeeds(keyset.read(body), OLD)


def test_a_holders_own_key_decides_nothing_about_keys() -> None:
    change = signed(next_of(OLD), ("office", "panel-1"))
    with pytest.raises(NotTrusted, match="may not sign this text"):
        admission.admit(sealed_set(change), OLD, ORIGIN, NOW)
