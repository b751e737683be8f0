from dataclasses import replace

import pytest

from tests.record.kit import LOG, NOW, ORIGIN, YEAR, keyset_of, signer
from tests.record.rooted import STAFF, first, holder, next_of, rooted
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.kernel.note import COSIGNATURE, Verifier
from trucekeeper.record import keyset
from trucekeeper.record.keyset import Holder, HolderKey, KeySet, Role

KEY = HolderKey(signer("someone").public, YEAR)


def test_a_key_set_reads_back_from_its_canonical_body() -> None:
    body = keyset.body(keyset_of())
    assert keyset.read(canon.decode_object(canon.encode(body))) == keyset_of()


def test_a_mandate_says_who_as_what_for_whom() -> None:
    mandate = keyset_of().mandate(signer("liaison-b").key_id, NOW)
    assert (mandate.holder, mandate.role, mandate.party, mandate.valid) == (
        "liaison-b", Role.LIAISON, "party-b", YEAR,
    )  # fmt: skip
    assert mandate.may_sign("reply/v1")
    assert not mandate.may_sign("vote/v1")
    assert not mandate.may_sign("decree/v1")
    with pytest.raises(NotTrusted, match="nobody's mandate"):
        keyset_of().mandate("0" * 32, NOW)


def test_no_two_holders_share_a_key_or_an_id() -> None:
    base = keyset_of()
    with pytest.raises(BadInput, match="stands twice"):
        KeySet(
            ORIGIN,
            base.vkey,
            (Holder("a", Role.MONITOR, None, (KEY,)), Holder("b", Role.PANEL, None, (KEY,))),
        )
    with pytest.raises(BadInput, match="share an id"):
        KeySet(
            ORIGIN, base.vkey, (Holder("a", Role.MONITOR, None, (KEY,)), Holder("a", Role.PANEL, None, ()))
        )
    log = HolderKey(signer("log").public, YEAR)
    with pytest.raises(BadInput, match="stands twice"):
        KeySet(ORIGIN, base.vkey, (Holder("office", Role.OFFICE, None, (log,)),))


def test_a_liaison_has_a_party_and_nobody_else_has() -> None:
    with pytest.raises(BadInput, match="name a party for a liaison"):
        Holder("a", Role.LIAISON, None, (KEY,))
    with pytest.raises(BadInput, match="name a party for a liaison"):
        Holder("a", Role.MONITOR, "party-a", (KEY,))


@pytest.mark.parametrize("name", ["", "A", "-a", "a b", "a" * 65, "a\n", "\u00e4"])
def test_names_are_ids(name: str) -> None:
    with pytest.raises(BadInput, match="is not an id"):
        Holder(name, Role.MONITOR, None, ())


def test_a_key_that_no_single_holder_can_own_is_refused() -> None:
    with pytest.raises(BadInput, match="no single holder"):
        HolderKey((1).to_bytes(32, "little"), YEAR)


def test_the_log_key_bears_the_origin_as_its_name() -> None:
    with pytest.raises(BadInput, match="another name"):
        KeySet("other.example/log", keyset_of().vkey, ())


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("role",), "king", "the role 'king' does not exist"),
        (("role",), 3, "is not text"),
        (("keys", 0, "public"), "AAAA", "3 bytes where 32"),
        (("keys", 0, "until"), "2020-01-01T00:00:00.000Z", "ends before it starts"),
        (("keys", 0, "from"), "2026-03-01", "is not of the form"),
        (("extra",), 1, "not a field"),
    ],
)
def test_a_spoilt_body_is_refused_by_name(path: tuple[str | int, ...], value: Json, why: str) -> None:
    body = keyset.body(keyset_of())
    at: Json = body["holders"]
    assert isinstance(at, list)
    at = at[0]
    for step in path[:-1]:
        at = at[step] if isinstance(at, list) and isinstance(step, int) else at[str(step)]  # type: ignore[index]
    assert isinstance(at, dict)
    at[str(path[-1])] = value
    with pytest.raises(BadInput, match=why):
        keyset.read(body)


def test_an_open_ended_mandate_never_ends() -> None:
    mandate = keyset_of().mandate(signer("monitor-next").key_id, Instant(NOW + 10**13))
    assert mandate.valid.end is None


def test_a_key_set_with_everything_reads_back() -> None:
    _, made = first(policy=POLICY)
    body = canon.decode_object(canon.encode(keyset.body(made)))
    assert keyset.read(body, made.digest) == made
    assert (made.version, made.previous, made.root.threshold, len(made.signatures)) == (1, None, 2, 2)
    assert made.digest is not None


SPARE = signer("spare")
WITNESS = Verifier("w.example", SPARE.public, COSIGNATURE).vkey
POLICY = f"log {keyset_of().vkey}\nwitness w {WITNESS}\nquorum w\n"


@pytest.mark.parametrize("purpose", ["log", "root", "holder", "replay", "witness"])
@pytest.mark.parametrize("other", ["log", "root", "holder", "replay", "witness"])
def test_no_key_serves_two_purposes(purpose: str, other: str) -> None:
    log = SPARE if "log" in {purpose, other} else LOG
    roots = ("spare", "root-1") if "root" in {purpose, other} else ("root-1", "root-2")
    more = [holder("one", Role.MONITOR, None, "spare")] if "holder" in {purpose, other} else []
    more += [holder("two", Role.REPLAY, "party-a", "spare")] if "replay" in {purpose, other} else []
    policy = POLICY.replace(keyset_of().vkey, Verifier(ORIGIN, log.public).vkey)

    def made() -> KeySet:
        return KeySet(
            ORIGIN,
            Verifier(ORIGIN, log.public).vkey,
            (*STAFF, *more),
            rooted(1, *roots),
            policy if "witness" in {purpose, other} else None,
        )

    if purpose == other:
        assert made().version == 1
    else:
        with pytest.raises(BadInput, match=r"stands twice in a key set|gives w the key of the log"):
            made()


def test_the_policy_of_a_key_set_is_of_its_log() -> None:
    foreign = POLICY.replace(keyset_of().vkey, Verifier(ORIGIN, signer("other").public).vkey)
    with pytest.raises(BadInput, match="of another log"):
        KeySet(ORIGIN, keyset_of().vkey, STAFF, policy=foreign)
    with pytest.raises(BadInput, match="the witness policy, line 1"):
        KeySet(ORIGIN, keyset_of().vkey, STAFF, policy="witnesses please")


@pytest.mark.parametrize(
    ("names", "threshold"), [((), 1), (("root-1",), 0), (("root-1",), 2), (("root-1",), -1)]
)
def test_a_threshold_fits_its_root_keys(names: tuple[str, ...], threshold: int) -> None:
    with pytest.raises(BadInput, match="does not fit"):
        rooted(threshold, *names)


def test_nobody_changes_a_key_set_without_root_keys() -> None:
    _, old = first(root_=rooted(0), by=())
    with pytest.raises(NotTrusted, match="nobody can change it"):
        keyset.succeeds(next_of(old, root_=rooted(1, "root-1"), by=("root-1",)), old)


def test_a_change_names_its_version_and_the_set_before() -> None:
    _, old = first()
    with pytest.raises(BadInput, match="is version 1, or names the entry"):
        replace(old, version=2)
    with pytest.raises(BadInput, match="is version 1, or names the entry"):
        replace(old, previous="00" * 32)
    with pytest.raises(BadInput, match="only the first version"):
        replace(next_of(old), continues="x")


def test_each_party_may_have_a_replay_key_of_its_own() -> None:
    keys = KeySet(ORIGIN, keyset_of().vkey, (*STAFF, holder("replay-a", Role.REPLAY, "party-a")))
    mandate = keys.permitted(signer("replay-a").key_id, "replay/v1", NOW)
    assert (mandate.role, mandate.party) == (Role.REPLAY, "party-a")
    with pytest.raises(BadInput, match="name a party"):
        holder("replay-a", Role.REPLAY)


def test_signatures_stand_in_one_order_and_once() -> None:
    _, made = first()
    body = keyset.body(made)
    signatures = body["signatures"]
    assert isinstance(signatures, list)
    for other in (signatures[::-1], [signatures[0], signatures[0], signatures[1]]):
        with pytest.raises(BadInput, match="in the order of their keys"):
            keyset.read({**body, "signatures": other})
