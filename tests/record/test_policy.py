import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.witnessing import NOW_S, SmallLog, signer, vkey
from trucekeeper.kernel import note
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.kernel.mldsa import MlDsaSigner
from trucekeeper.record.cosignature import Cosigned, cosign
from trucekeeper.record.policy import Policy

LOG = SmallLog().grown_to(5)
HEAD = f"log {LOG.vkey}\n"
WITNESSES = "".join(f"witness {name} {vkey(name)}\n" for name in ("g1", "g2", "g3", "party-a", "party-b"))
TWO_OF_THREE = HEAD + WITNESSES + "group guarantors 2 g1 g2 g3\nquorum guarantors\n"


def at(**times: int) -> tuple[Cosigned, ...]:
    return tuple(Cosigned(name.replace("_", "-"), time_s) for name, time_s in times.items())


def test_two_of_three_guarantors_are_a_quorum_and_parties_are_tiers() -> None:
    policy = Policy.parse(TWO_OF_THREE)
    assert policy.log.vkey == LOG.vkey
    assert policy.counted == {"g1", "g2", "g3"}
    assert not policy.satisfied(["g1", "party-a", "party-b"])
    assert policy.satisfied(["g1", "g3"])
    assert policy.tiers(["g1", "party-b", "g3", "party-a", "nobody"]) == ("party-a", "party-b")


def test_the_specifications_two_levels_of_groups_hold() -> None:
    names = ("x1", "x2", "x3", "y1", "y2", "y3")
    lines = "".join(f"witness {name} {vkey(name)}\n" for name in names)
    rules = "group x 2 x1 x2 x3\ngroup y any y1 y2 y3\ngroup both all x y\nquorum both\n"
    policy = Policy.parse(f"# comment\n\n  {HEAD}\t{lines}{rules} \t\n# end")
    for given_names in itertools.chain.from_iterable(itertools.combinations(names, n) for n in range(7)):
        xs, ys = (sum(name.startswith(first) for name in given_names) for first in "xy")
        assert policy.satisfied(given_names) == (xs >= 2 and ys >= 1)


def test_the_time_of_a_quorum_is_the_kth_smallest() -> None:
    policy = Policy.parse(TWO_OF_THREE)
    assert policy.time(at(g1=30, g2=10, g3=20)) == 20_000
    assert policy.time(at(g1=30, party_a=1, party_b=2, g2=40)) == 40_000
    assert policy.time(at(g1=30, party_a=1)) is None
    assert policy.time(()) is None


@given(st.lists(st.integers(1, 2**40), min_size=5, max_size=5), st.integers(1, 5), st.integers(0, 5))
def test_the_time_of_k_of_n_is_the_kth_smallest_whatever_the_order(times, k, there) -> None:
    names = ["g1", "g2", "g3", "party-a", "party-b"]
    policy = Policy.parse(f"{HEAD}{WITNESSES}group all-five {k} {' '.join(names)}\nquorum all-five\n")
    cosigned = [Cosigned(name, time_s) for name, time_s in zip(names[:there], times, strict=False)]
    expected = sorted(times[:there])[k - 1] * 1000 if there >= k else None
    assert policy.time(cosigned) == policy.time(reversed(cosigned)) == expected


def test_a_single_witness_or_nobody_can_be_the_quorum() -> None:
    one = Policy.parse(f"{HEAD}witness m {vkey('m')} https://m.example/w\nquorum m\n")
    assert one.satisfied(["m"])
    assert not one.satisfied([])
    assert one.witnesses["m"].url == "https://m.example/w"
    nobody = Policy.parse(f"{HEAD}quorum none\n")
    assert nobody.satisfied([])
    assert nobody.time(()) is None
    assert nobody.counted == frozenset()


def test_a_checkpoint_is_accepted_with_log_signature_and_quorum_alone() -> None:
    policy = Policy.parse(TWO_OF_THREE)
    text = note.parse(LOG.signed()).text
    lines = {name: cosign(signer(name), name, text, NOW_S) for name in policy.witnesses}
    stated, cosigned = policy.accepted(note.with_lines(LOG.signed(), [lines["g1"], lines["g2"]]))
    assert stated.size == 5
    assert [one.name for one in cosigned] == ["g1", "g2"]
    with pytest.raises(NotTrusted, match="no quorum"):
        policy.accepted(note.with_lines(LOG.signed(), [lines["g1"], lines["party-a"]]))
    with pytest.raises(NotTrusted, match="no quorum"):
        policy.accepted(LOG.signed())
    with pytest.raises(NotTrusted, match="no signature"):
        policy.accepted(f"{text}\n{lines['g1']}{lines['g2']}".encode())


def test_an_ml_dsa_witness_can_be_named() -> None:
    key = MlDsaSigner(bytes(32))
    named = note.Verifier("g1", key.public, note.ML_DSA_COSIGNATURE).vkey
    policy = Policy.parse(f"{HEAD}witness g1-pq {named}\nquorum g1-pq\n")
    text = note.parse(LOG.signed()).text
    data = note.with_lines(LOG.signed(), [cosign(key, "g1", text, NOW_S)])
    assert policy.accepted(data)[1] == (Cosigned("g1-pq", NOW_S),)


RENAMED = note.Verifier("other-name", signer("g1").public, note.COSIGNATURE).vkey
LOG_AS_WITNESS = note.Verifier("w", LOG.key.public, note.COSIGNATURE).vkey


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no log or no quorum"),
        (HEAD, "no log or no quorum"),
        (f"{WITNESSES}quorum g1\n", "no log or no quorum"),
        (f"{HEAD}quorum none\nquorum none\n", "quorum already"),
        (f"{HEAD}{HEAD}quorum none\n", "log already"),
        (f"log {vkey('g1')}\nquorum none\n", "not of type Ed25519;"),
        (f"{HEAD}witness w {LOG.vkey}\nquorum w\n", "not of type Ed25519 cosignature"),
        (f"{HEAD}witness w {LOG_AS_WITNESS}\nquorum w\n", "w the key of the log"),
        (f"{HEAD}{WITNESSES}witness w {RENAMED}\nquorum w\n", "w the key of g1"),
        (f"{HEAD}witness none {vkey('g1')}\nquorum none\n", "taken"),
        (f"{HEAD}{WITNESSES}witness g1 {vkey('x')}\nquorum g1\n", "taken"),
        (f"{HEAD}{WITNESSES}group g1 all g2\nquorum g1\n", "taken"),
        (f"{HEAD}{WITNESSES}group x 0 g1\nquorum x\n", "cannot be met"),
        (f"{HEAD}{WITNESSES}group x 3 g1 g2\nquorum x\n", "cannot be met"),
        (f"{HEAD}{WITNESSES}group x 02 g1 g2\nquorum x\n", "cannot be met"),
        (f"{HEAD}{WITNESSES}group x most g1 g2\nquorum x\n", "cannot be met"),
        (f"{HEAD}{WITNESSES}group x all\nquorum x\n", "members"),
        (f"{HEAD}{WITNESSES}group x all g1 g1\nquorum x\n", "in a group already"),
        (f"{HEAD}{WITNESSES}group x all g1\ngroup y all g1 g2\nquorum y\n", "in a group already"),
        (f"{HEAD}{WITNESSES}group x all none\nquorum x\n", "not defined"),
        (f"{HEAD}{WITNESSES}group x all x\nquorum x\n", "not defined"),
        (f"{HEAD}quorum g1\n{WITNESSES}", "not defined"),
        (f"{HEAD}{WITNESSES}quorum\n", "one name"),
        (f"{HEAD}witness w\nquorum w\n", "verifier key"),
        (f"log\n{WITNESSES}quorum g1\n", "verifier key"),
        (f"{HEAD}{WITNESSES}rule x\nquorum g1\n", "begins no rule"),
        (f"{HEAD}{WITNESSES}quorum g1\r\n", "control character"),
        (f"{HEAD}{WITNESSES}quorum g1\n\x00", "control character"),
        (f"{HEAD}{WITNESSES}quorum g1\n{'#' * 300_000}", "too long"),
        (HEAD + "\n" * 2000, "too long"),
    ],
)  # fmt: skip
def test_a_policy_that_can_be_misread_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        Policy.parse(text)


def test_names_are_opaque_text() -> None:
    policy = Policy.parse(f"{HEAD}witness \u212a {vkey('a')}\nwitness K {vkey('b')}\nquorum K\n")
    assert policy.satisfied(["K"])
    assert not policy.satisfied(["\u212a"])
