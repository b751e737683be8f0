import pytest

from tests.record.kit import NOW, ORIGIN, YEAR, keyset_of, signer
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotTrusted
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
