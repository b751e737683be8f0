"""A party mirrors the log for weeks and tries to learn from it what was sealed: what, who, when, where, how much.

Each way of learning is a function of what the mirror holds. None may learn anything from a log as it is kept, and each
must learn from one that is kept wrongly: without padding, without salts, or with readable leaves.
"""

import hashlib
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from tests.record.kit import LOG, NOW, ORIGIN, genesis, signer, uid
from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, SetClock, format_utc
from trucekeeper.observations.wire import APART
from trucekeeper.record import checkpoint, entry, sealing, tiles
from trucekeeper.stores.sql_record import SqlRecord, Terms

INTERVAL_MS = 6 * 3_600_000
INTERVALS = 3 * 7 * 4
PAD = 32
LEAF = 33


@dataclass
class Mirror:
    """What the party holds: the files now, and at each interval the signed size and the names and sizes of files."""

    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    sizes: list[int] = field(default_factory=list[int])
    listings: list[dict[str, int]] = field(default_factory=list[dict[str, int]])

    @property
    def leaves(self) -> list[bytes]:
        """Every leaf, read from the entry bundles of the newest size."""
        found: list[bytes] = []
        for number in range(math.ceil(self.sizes[-1] / 256)):
            width = min(256, self.sizes[-1] - 256 * number)
            found += tiles.unbundle(self.files[tiles.bundle_path(number, width)])
        return found

    @property
    def growth(self) -> list[int]:
        return [after - before for before, after in zip(self.sizes, self.sizes[1:], strict=False)]


@dataclass
class Weeks:
    """A simulated office: what was done in it, and the mirror of its log."""

    mirror: Mirror
    loads: list[int]
    envelopes: list[bytes]
    real: set[int]
    """Indices of leaves behind which something stands: only the office knows."""


def _body(random: Random, number: int) -> dict[str, Json]:
    where: dict[str, Json] = {
        "lat_u": random.randrange(-21_000_000, -20_000_000),
        "lon_u": random.randrange(-19_000_000, -18_000_000),
        "radius_m": 300,
    }
    kind = random.choice(["report", "detection", "coverage"])
    return {"kind": kind, "source": "patrol-1", "uid": f"u{number}", "where": where, "act": "explosion"}


def _weeks(folder: Path, most: int, *, pad: int = PAD, salted: bool = True, battle: int = 0) -> Weeks:
    """Three weeks in which each interval brings up to ``most`` entries, and one of them ``battle``."""
    random = Random(f"{most}/{pad}")
    clock = SetClock(NOW)
    (folder / "office").mkdir(parents=True)
    draw: Callable[[int], bytes] = random.randbytes if salted else bytes
    record = SqlRecord.create(folder / "office", LOG, genesis(), clock, draw, Terms(INTERVAL_MS, pad))
    made = Weeks(Mirror(), [], [], set())
    try:
        for interval in range(INTERVALS):
            load = battle if battle and interval == INTERVALS // 2 else random.randint(0, most)
            made.loads.append(load)
            clock.at = Instant(NOW + interval * INTERVAL_MS + 1)
            new = [_sealed(random, len(made.envelopes) + one, clock.at) for one in range(load)]
            made.envelopes += new
            made.real.update(receipt.index for receipt in record.append(new))
            clock.at = Instant(NOW + (interval + 1) * INTERVAL_MS)
            record.integrate()
            _look(made.mirror, folder / "office" / "log")
        made.real.add(0)
    finally:
        record.close()
    return made


def _sealed(random: Random, number: int, at: Instant) -> bytes:
    who = random.choice(["monitor-1", "sensor-1"])
    body = _body(random, number)
    if who == "sensor-1":
        body["kind"] = "detection"
    return entry.seal(
        signer(who),
        "observation/v1",
        ORIGIN,
        uid(10_000 + number),
        at,
        body,
        apart=APART,
        draw=random.randbytes,
    )


def _look(mirror: Mirror, log: Path) -> None:
    public = {
        str(path.relative_to(log)): path.read_bytes()
        for path in sorted(log.rglob("*"))
        if path.is_file() and path.name not in {"lock", "signed"}
    }
    mirror.files.update(public)
    mirror.sizes.append(checkpoint.parse(public["checkpoint"].partition(b"\n\n")[0].decode() + "\n").size)
    mirror.listings.append({name: len(data) for name, data in public.items()})


# What a curious mirror tries. Each gives what it learned; nothing is an empty answer.


def learned_from_growth(mirror: Mirror, loads: Sequence[int], pad: int) -> list[str]:
    """How much came in, from how the log grew."""
    learned = [f"an interval grew by {one}" for one in set(mirror.growth) if one % pad or one == 0]
    told = [(grown, load) for grown, load in zip(mirror.growth, loads[1:], strict=True)]
    for grown, load in told:
        if grown != pad * max(1, math.ceil(load / pad)):
            learned.append(f"{load} entries showed as {grown} leaves")
    quiet = {grown for grown, load in told if load <= pad}
    return learned + [f"growths of {sorted(quiet)} tell quiet intervals apart"] * (len(quiet) > 1)


def learned_from_listings(one: Mirror, other: Mirror) -> list[str]:
    """Which of two offices is the busy one, from the names and sizes of the files at each interval."""
    pairs = zip(one.listings, other.listings, strict=True)
    return [f"interval {at} differs" for at, (mine, theirs) in enumerate(pairs) if mine != theirs]


def learned_from_leaves(leaves: Sequence[bytes], real: Iterable[int]) -> list[str]:
    """Which leaves are padding, from what they look like; ``real`` is the answer that a guess is held against."""
    learned = [f"{len(one)} bytes" for one in leaves if len(one) != LEAF or one[:1] != sealing.VERSION]
    learned += [f"a leaf stands {times} times" for times in Counter(leaves).values() if times > 1]
    true = set(real)
    groups = [[leaf for at, leaf in enumerate(leaves) if (at in true) is which] for which in (True, False)]
    if not all(groups):
        return learned
    for bit in range(8, LEAF * 8):
        shares = [sum(leaf[bit // 8] >> (bit % 8) & 1 for leaf in group) / len(group) for group in groups]
        spread = math.sqrt(sum(0.25 / len(group) for group in groups))
        if abs(shares[0] - shares[1]) > 5 * spread:
            learned.append(f"bit {bit} tells padding apart")
    thin = [len(zlib.compress(b"".join(one[1:] for one in group), 9)) / len(group) for group in groups]
    return learned + [f"leaves shrink to {size} bytes" for size in thin if size < LEAF - 1]


def learned_by_reading(mirror: Mirror, words: Iterable[bytes]) -> list[str]:
    """Anything that stands in the files as it is, open kinds left aside: these are meant to be read."""
    wanted = tuple(words)
    return [
        f"{name} holds {word!r}"
        for name, data in mirror.files.items()
        if not name.startswith("open/")
        for word in wanted
        if word in data
    ]


def learned_by_guessing(leaves: Iterable[bytes], envelopes: Iterable[bytes]) -> list[int]:
    """Which envelopes are in the log, for one who guessed each of them to the last byte, but has no salt."""
    held = set(leaves)
    found: list[int] = []
    for at, envelope in enumerate(envelopes):
        core = entry.core(envelope)
        found_uid = entry.opened(envelope).uid.encode()
        salts = (bytes(32), b"", hashlib.sha256(core).digest(), hashlib.sha256(found_uid).digest(), found_uid)
        guesses = {hashlib.sha256(salt + one).digest() for salt in salts for one in (core, envelope)}
        if any(sealing.VERSION + guess in held for guess in guesses) or core in held:
            found.append(at)
    return found


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    return _weeks(tmp_path_factory.mktemp("quiet"), 2)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    return _weeks(tmp_path_factory.mktemp("busy"), PAD - 2)


@pytest.fixture(scope="module")
def unpadded(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    return _weeks(tmp_path_factory.mktemp("unpadded"), PAD - 2, pad=1)


@pytest.fixture(scope="module")
def unsalted(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    return _weeks(tmp_path_factory.mktemp("unsalted"), 2, salted=False)


def _secrets(weeks: Weeks) -> list[bytes]:
    """All that must not be read: authors, uids, kinds, times, places, disclosures."""
    found = {b"observation/v1", b"where", b"patrol-1", b"monitor-1", b"sensor-1"}
    for envelope in weeks.envelopes:
        one = entry.opened(envelope)
        where = one.body["where"]
        assert isinstance(where, dict)
        found |= {one.uid.encode(), one.key.encode(), one.digest.encode(), format_utc(one.at).encode()}
        found |= {str(where["lat_u"]).encode(), canon.encode(where)}
        found |= {told.encode() for told in entry.disclosures(envelope)}
    return sorted(found)


def test_growth_tells_nothing_below_a_multiple_of_the_padding(quiet: Weeks, busy: Weeks) -> None:
    assert sum(busy.loads) > 5 * sum(quiet.loads)
    for weeks in (quiet, busy):
        assert learned_from_growth(weeks.mirror, weeks.loads, PAD) == []


def test_even_a_battle_shows_only_as_whole_multiples(tmp_path: Path) -> None:
    weeks = _weeks(tmp_path, 2, battle=2 * PAD + 5)
    assert learned_from_growth(weeks.mirror, weeks.loads, PAD) == []
    assert set(weeks.mirror.growth) == {PAD, 3 * PAD}


def test_without_padding_growth_tells_the_load(unpadded: Weeks) -> None:
    assert learned_from_growth(unpadded.mirror, unpadded.loads, PAD)


def test_a_quiet_office_looks_like_a_busy_one_file_by_file(quiet: Weeks, busy: Weeks) -> None:
    assert learned_from_listings(quiet.mirror, busy.mirror) == []


def test_without_padding_the_files_tell_a_busy_office(quiet: Weeks, unpadded: Weeks) -> None:
    assert learned_from_listings(quiet.mirror, unpadded.mirror)


def test_leaves_look_like_padding(quiet: Weeks, busy: Weeks) -> None:
    for weeks in (quiet, busy):
        leaves = weeks.mirror.leaves
        assert len(leaves) == weeks.mirror.sizes[-1] == (INTERVALS + 1) * PAD
        assert len(leaves) > len(weeks.real) > len(weeks.envelopes)
        assert learned_from_leaves(leaves, weeks.real) == []


def test_without_random_padding_leaves_are_told_apart(unsalted: Weeks) -> None:
    assert learned_from_leaves(unsalted.mirror.leaves, unsalted.real)


def test_leaves_of_another_make_are_told_apart(busy: Weeks) -> None:
    leaves = list(busy.mirror.leaves)
    for at in busy.real:
        leaves[at] = leaves[at][:1] + bytes([leaves[at][1] | 0x80]) + leaves[at][2:]
    assert learned_from_leaves(leaves, busy.real)


def test_nothing_of_an_entry_stands_in_the_log(busy: Weeks) -> None:
    assert learned_by_reading(busy.mirror, _secrets(busy)) == []
    opened = [name for name in busy.mirror.files if name.startswith("open/")]
    assert all(canon.decode(busy.mirror.files[name]) for name in opened)
    assert not [name for name in opened for envelope in busy.envelopes if envelope in busy.mirror.files[name]]


def test_readable_leaves_are_read(busy: Weeks) -> None:
    told = Mirror({"tile/entries/000": b"".join(busy.envelopes[:9])})
    assert learned_by_reading(told, _secrets(busy))


def test_whoever_guesses_an_envelope_to_the_last_byte_still_does_not_know(busy: Weeks) -> None:
    assert learned_by_guessing(busy.mirror.leaves, busy.envelopes) == []


def test_without_salts_guesses_are_confirmed(unsalted: Weeks) -> None:
    found = learned_by_guessing(unsalted.mirror.leaves, unsalted.envelopes)
    assert found == list(range(len(unsalted.envelopes)))
    assert found
