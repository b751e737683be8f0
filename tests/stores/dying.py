"""Run as a program: starts writers under load, one after the other, that its caller kills.

Asked on standard input, a line each: folder, point (or -), first uid, interval, padding. It forks a writer, so that
none has to load its modules anew, and tells on standard output: ``pid N``, ``open``, for each receipt ``+ INDEX UID
LEAF``, for each checkpoint ``= SIZE ROOT``, and once the writer is dead ``ended``
and how.
"""

import os
import sys
import threading
from itertools import count
from pathlib import Path

from tests.record.kit import LOG, NOW, VKEY, prepared, report, sealed
from trucekeeper.kernel.clock import SetClock
from trucekeeper.record import checkpoint
from trucekeeper.stores import points
from trucekeeper.stores.sql_record import SqlRecord, Terms

THREADS = 4
UIDS = 1_000_000
"""How far apart the uids of two threads are."""


def tell(line: str) -> None:
    """One line in one write: those of several threads never mix, and none is told by half."""
    os.write(1, f"{line}\n".encode())


def append(record: SqlRecord, first: int) -> None:
    for number in count(first, 8):
        some = [sealed(body=report(one), number=one) for one in range(number, number + 1 + number % 7)]
        for receipt in record.append(some):
            tell(f"+ {receipt.index} {receipt.uid} {receipt.leaf.hex()}")


def append_batches(record: SqlRecord, first: int) -> None:
    for number in count(first):
        made = prepared(300, number=number)
        receipt = record.append_batch(made.envelope, made.rows, made.salts)
        tell(f"+ {receipt.index} {receipt.uid} {receipt.leaf.hex()}")


def integrate(record: SqlRecord) -> None:
    while True:
        stated = checkpoint.verified(record.integrate(), VKEY)
        tell(f"= {stated.size} {stated.root.hex()}")


def failed(error: threading.ExceptHookArgs) -> None:
    """What a thread raises ends the writer: that is not the death that was asked for."""
    threading.__excepthook__(error)
    os._exit(1)


def write(folder: str, point: str, first: int, interval_ms: int, pad_to: int) -> None:
    if point != "-":
        os.environ[points.NAMED] = point
    record = SqlRecord.open(Path(folder), LOG, SetClock(NOW), terms=Terms(interval_ms, pad_to))
    tell("open")
    threading.excepthook = failed
    works = [(append, (record, first + at * UIDS)) for at in range(THREADS)]
    works += [(append_batches, (record, first + THREADS * UIDS)), (integrate, (record,))]
    threads = [threading.Thread(target=work, args=given) for work, given in works]
    for thread in threads:
        thread.start()
    threads[0].join()


def main() -> None:
    for line in sys.stdin:
        folder, point, first, interval_ms, pad_to = line.split()
        pid = os.fork()
        if not pid:
            write(folder, point, int(first), int(interval_ms), int(pad_to))
            os._exit(1)
        tell(f"pid {pid}")
        _, status = os.waitpid(pid, 0)
        tell(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
