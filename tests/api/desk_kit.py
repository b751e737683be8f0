"""A small office with a deconfliction desk behind its HTTP door, and people who sign what they ask."""

import base64
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from starlette.testclient import TestClient

from tests.movements import sample
from tests.office_kit import LAKESIDE, START, key_of
from trucekeeper.agreement.model import Deconfliction
from trucekeeper.api.app import create_app
from trucekeeper.api.room import Access
from trucekeeper.api.tokens import Key, Verifier
from trucekeeper.desks.commitments import CommitmentDesk
from trucekeeper.desks.deconfliction import DeconflictionDesk
from trucekeeper.desks.lookout import LookoutDesk
from trucekeeper.kernel.clock import Interval, SetClock
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.movements.model import Notice, Op, Step
from trucekeeper.movements.overlap import overlap
from trucekeeper.movements.volume import Meeting, Volume
from trucekeeper.movements.wire import notices, steps
from trucekeeper.office.creation import create_office
from trucekeeper.office.wiring import Office, open_office
from trucekeeper.record import entry
from trucekeeper.record.keyset import Holder, HolderKey, Role
from trucekeeper.stores.register import Register

PEOPLE = {
    "relief-1": (Role.NOTIFIER, None),
    "relief-2": (Role.NOTIFIER, None),
    "liaison-a": (Role.LIAISON, "party-a"),
    "liaison-b": (Role.LIAISON, "party-b"),
    "clerk-1": (Role.OFFICE, None),
    "clerk-2": (Role.OFFICE, None),
    "ada": (Role.MONITOR, None),
}
HOST = "127.0.0.1"
AUDIENCE = "office.example"
RSA: RSAPrivateKey = generate_private_key(65_537, 2048)


@dataclass
class PlainIndex:
    """Every volume, looked at one by one."""

    kept: dict[str, tuple[Volume, ...]] = field(default_factory=dict)
    size: int = 0

    def put(self, key: str, volumes: Sequence[Volume]) -> None:
        self.kept[key] = tuple(volumes)

    def fill(self, items: Mapping[str, Sequence[Volume]]) -> None:
        self.kept |= {key: tuple(volumes) for key, volumes in items.items()}

    def remove(self, key: str) -> None:
        self.kept.pop(key, None)

    def meeting(self, volumes: Sequence[Volume]) -> tuple[Meeting, ...]:
        return tuple(
            sorted(
                Meeting(key, number, by)
                for key, kept in list(self.kept.items())
                for number, one in enumerate(kept)
                for by, other in enumerate(volumes)
                if overlap(one, other)
            )
        )

    def volumes(self, key: str) -> tuple[Volume, ...]:
        return self.kept.get(key, ())

    def keys(self) -> Iterator[str]:
        return iter(tuple(self.kept))

    def clear(self) -> None:
        self.kept.clear()
        self.size = 0

    def reached(self) -> int:
        return self.size

    def reach(self, size: int) -> None:
        self.size = size


@dataclass(frozen=True)
class Parts:
    """What an office's movements are, without the search that is compiled."""

    register: Register
    desk: DeconflictionDesk
    lookout: LookoutDesk
    commitments: CommitmentDesk

    @property
    def looking(self) -> LookoutDesk:
        return self.lookout

    def get(self) -> "Parts":
        return self

    def close(self) -> None:
        self.lookout.report(over=True)


def with_desk(office: Office, rules: Deconfliction = sample.RULES) -> Office:
    """The office with a desk by the sample's rules, whatever its agreement says."""
    register = Register(office.casebook.engine, office.record.keysets)
    desk = DeconflictionDesk(office.intake.pen, register, PlainIndex(), PlainIndex(), rules)
    desk.settle(office.record.size())
    lookout = LookoutDesk(office.intake.pen, register, office.signer)
    parts = Parts(register, desk, lookout, CommitmentDesk(office.intake.pen, rules))
    office.at_close(parts.close)
    return replace(office, _movements=parts)  # type: ignore[arg-type]


def holder(person: str) -> Holder:
    role, party = PEOPLE[person]
    return Holder(person, role, party, (HolderKey(key_of(person).public, Interval(START, None)),))


@dataclass
class Desk:
    """An office with its door; ``ask`` signs for a person, ``bear`` shows a token."""

    root: Path
    clock: SetClock
    access: Access
    office: Office = field(init=False)
    client: TestClient = field(init=False)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.office = with_desk(open_office(self.root, self.clock))
        app = create_app(self.office, self.access)
        self.client = TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False)

    def close(self) -> None:
        self.client.close()
        self.office.close()

    def reopen(self) -> None:
        self.close()
        self.clock.at = type(self.clock.at)(self.clock.at + 2_000)
        self.open()

    def ask(
        self, who: str | Ed25519Signer, method: str, path: str, body: object = None, **headers: str
    ) -> httpx.Response:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        key = key_of(who) if isinstance(who, str) else who
        signed_ = signed(key, method, path, data, self.clock.at // 1000, f"n{next(self.numbers)}")
        return self.send(method, path, data, {**signed_, **named(headers)})

    def bear(self, token: str, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        data = b"" if body is None else json.dumps(body).encode()
        return self.send(method, path, data, {"Authorization": f"Bearer {token}", **named(headers)})

    def send(self, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> httpx.Response:
        said = {**headers, **({"Content-Type": "application/json"} if data else {})}
        return self.client.request(method, f"http://{HOST}{path}", content=data, headers=said)

    def envelope(self, who: str, kind: str, body: dict, uid: str = "") -> bytes:
        uid = uid or hashlib.sha256(f"{who}{kind}{next(self.numbers)}".encode()).hexdigest()[:32]
        apart = notices.APART if kind == notices.KIND else ()
        origin = self.office.record.origin
        return entry.seal(key_of(who), kind, origin, uid, self.clock.at, body, apart=apart, draw=bytes)

    def announce(self, notice: Notice, who: str = "relief-1", **headers: str) -> httpx.Response:
        return self.ask(
            who, "POST", "/api/v1/notices", self.envelope(who, notices.KIND, notices.body(notice)), **headers
        )

    def announced(self, notice: Notice, who: str = "relief-1", *, sent: Sequence[str] = ()) -> int:
        """The number of a notice that was checked, and transmitted to these recipients."""
        answer = self.announce(notice, who)
        assert answer.status_code == 201, answer.text
        number = int(answer.json()["notice"])
        desk, signer = self.office.movements.desk, self.office.signer
        desk.step(Step(number, Op.CHECK), signer)
        for one in sent:
            desk.step(Step(number, Op.TRANSMIT, recipient=one, channel="sheet"), signer)
        return number

    def step(self, who: str, number: int, op: str, **said: object) -> httpx.Response:
        body = {"notice": number, "op": op, **said}
        return self.ask(who, "POST", f"/api/v1/notices/{number}/steps", self.envelope(who, steps.STEP, body))

    def token(self, who: str, **changed: object) -> str:
        now = self.clock.at // 1000
        claims = {"sub": who, "aud": AUDIENCE, "scope": "truce.desk", "exp": now + 600, **changed}
        return jwt.encode(claims, RSA, algorithm="RS256")

    def recorded(self, kind: str) -> list[dict]:
        return [dict(one.entry.body) for one in self.office.record.entries(kinds=(kind,))]


def found_desk(root: Path) -> None:
    people = [holder(person) for person in PEOPLE]
    create_office(root, LAKESIDE, people, origin="office.example/test", clock=SetClock(START))


def new_desk(founded: Path, root: Path, **limits: int) -> Desk:
    clock = SetClock(sample.NOW)
    verifier = Verifier((Key(RSA.public_key()),), frozenset({AUDIENCE}), clock)
    return Desk(Path(shutil.copytree(founded, root)), clock, Access(verifier, **limits))


def named(headers: Mapping[str, str]) -> dict[str, str]:
    """``if_match`` is If-Match."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def signed(
    key: Ed25519Signer, method: str, path: str, body: bytes, created: int, nonce: str, **changed: str
) -> dict[str, str]:
    """The fields of a signed request, written out by hand from RFC 9421 and RFC 9530."""
    target = changed.get("target", f"http://{HOST}{path}")
    lines = [("@method", changed.get("signed_method", method)), ("@target-uri", target)]
    fields = {}
    if body:
        digest = base64.b64encode(
            hashlib.sha256(changed.get("digested", "").encode() or body).digest()
        ).decode()
        fields["Content-Digest"] = f"sha-256=:{digest}:"
        lines.append(("content-digest", fields["Content-Digest"]))
    covered = " ".join(f'"{name}"' for name, _ in lines)
    params = changed.get("params", f'({covered});created={created};keyid="{key.key_id}";nonce="{nonce}"')
    base = "".join(f'"{name}": {value}\n' for name, value in lines) + f'"@signature-params": {params}'
    signature = base64.b64encode(key.sign(base.encode())).decode()
    return {**fields, "Signature-Input": f"sig={params}", "Signature": f"sig=:{signature}:"}
