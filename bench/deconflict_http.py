"""Durable overlapping notices a second through HTTP: ``make bench-deconflict-http``.

20 clients, each a process of its own, announce flights through the interface of ASTM F3548-21 to a served office, all
over one place and at heights that touch, in windows that follow each other: every write looks at the same place, is
checked, signed, and on the disk before it is answered. Then 20 clients put one overlapping flight each at once, again
and again: exactly one of each twenty may succeed. SCALE=small takes 10 seconds, full the 60 of the goal.
"""

import json
import multiprocessing as mp
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from http.client import HTTPConnection
from multiprocessing.synchronize import Barrier
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from trucekeeper.kernel.clock import Instant, SystemClock, format_utc
from trucekeeper.office.creation import create_office

LAKESIDE = Path(__file__).parent.parent / "src" / "trucekeeper" / "drill" / "lakeside"
CLIENTS = 20
SECONDS = 60 if os.environ.get("SCALE") == "full" else 10
ROUNDS = 20
GOAL = 150
PORT = 8571
AUDIENCE = "bench.example"
SCOPES = "utm.strategic_coordination utm.constraint_processing utm.constraint_management"
FIRST = SystemClock().now() + 3_600_000


def main() -> int:
    """Serve an office, let the clients work, and tell."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        key = rsa.generate_private_key(65_537, 2048)
        (root / "key.pem").write_bytes(
            key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        create_office(root / "office", LAKESIDE, (), origin="bench.example/record", clock=SystemClock())
        server = _served(root)
        try:
            took, failed = _load(pem)
            winners = _race(pem)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)
    rate = len(took) / SECONDS
    p50, p99 = statistics.median(took) * 1000, statistics.quantiles(took, n=100)[98] * 1000
    print(f"durable flights over one place, {CLIENTS} clients, {SECONDS} s: {rate:.0f}/s (goal {GOAL})")
    print(f"  answered in p50 {p50:.0f} ms, p99 {p99:.0f} ms; {failed} refused")
    print(f"one winner of {CLIENTS} simultaneous overlapping writes: {winners} of {ROUNDS} times")
    return int(rate < GOAL or failed > 0 or winners < ROUNDS)


def _served(root: Path) -> "subprocess.Popen[bytes]":
    truce = Path(sys.executable).parent / "truce"
    environment = os.environ | {
        "TRUCE_F3548_PUBLIC_KEYS": str(root / "key.pem"),
        "TRUCE_F3548_AUDIENCES": AUDIENCE,
    }
    server = subprocess.Popen(
        [truce, "serve", "--office", root / "office", "--port", str(PORT)],
        env=environment,
        stdout=subprocess.PIPE,
    )
    if server.stdout is not None:
        server.stdout.readline()
    return server


def _load(pem: bytes) -> tuple[list[float], int]:
    barrier, results = mp.Barrier(CLIENTS), mp.Queue()
    people = [mp.Process(target=_client, args=(pem, number, barrier, results)) for number in range(CLIENTS)]
    for one in people:
        one.start()
    found = [results.get() for _ in people]
    for one in people:
        one.join()
    return [took for times, _ in found for took in times], sum(failed for _, failed in found)


def _client(pem: bytes, number: int, barrier: Barrier, results: "mp.Queue[tuple[list[float], int]]") -> None:
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    sub = f"uss{number}"
    took: list[float] = []
    failed = 0
    barrier.wait()
    until = time.perf_counter() + SECONDS
    turn = 0
    while time.perf_counter() < until:
        # a window of its own for each: one second, right behind the last
        start = FIRST + (turn * CLIENTS + number) * 2_000
        begun = time.perf_counter()
        status = _put(connection, pem, sub, start, start + 1_000)
        took.append(time.perf_counter() - begun)
        failed += status != 201
        turn += 1
    results.put((took, failed))


def _race(pem: bytes) -> int:
    """How many times exactly one of all clients succeeded."""
    barrier, results = mp.Barrier(CLIENTS), mp.Queue()
    people = [mp.Process(target=_racer, args=(pem, number, barrier, results)) for number in range(CLIENTS)]
    for one in people:
        one.start()
    won = [0] * ROUNDS
    for _ in range(CLIENTS):
        for turn, status in enumerate(results.get()):
            won[turn] += status == 201
    for one in people:
        one.join()
    return sum(one == 1 for one in won)


def _racer(pem: bytes, number: int, barrier: Barrier, results: "mp.Queue[list[int]]") -> None:
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    statuses: list[int] = []
    for turn in range(ROUNDS):
        start = FIRST + 10**9 + turn * 100_000
        barrier.wait()
        statuses.append(_put(connection, pem, f"uss{number}", start, start + 50_000))
    results.put(statuses)


_TOKENS: dict[str, str] = {}


def _put(connection: HTTPConnection, pem: bytes, sub: str, start: int, end: int) -> int:
    if sub not in _TOKENS:
        claims = {
            "sub": sub,
            "aud": AUDIENCE,
            "scope": SCOPES,
            "exp": int(time.time()) + 3_000,
            "iss": "bench",
        }
        _TOKENS[sub] = jwt.encode(claims, pem, algorithm="RS256")
    square = [(-18.2, 9.5), (-18.19, 9.5), (-18.19, 9.51), (-18.2, 9.51)]
    body = {
        "extents": [
            {
                "volume": {
                    "outline_polygon": {"vertices": [{"lat": lat, "lng": lng} for lng, lat in square]},
                    "altitude_lower": {"value": 50, "reference": "W84", "units": "M"},
                    "altitude_upper": {"value": 120, "reference": "W84", "units": "M"},
                },
                "time_start": {"value": format_utc(Instant(start)), "format": "RFC3339"},
                "time_end": {"value": format_utc(Instant(end)), "format": "RFC3339"},
            }
        ],
        "key": [],
        "state": "Accepted",
        "uss_base_url": f"https://{sub}.example",
        "new_subscription": {"uss_base_url": f"https://{sub}.example"},
    }
    headers = {"Authorization": f"Bearer {_TOKENS[sub]}", "Content-Type": "application/json"}
    path = f"/dss/v1/operational_intent_references/{uuid.uuid4()}"
    connection.request("PUT", path, json.dumps(body), headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


if __name__ == "__main__":
    sys.exit(main())
