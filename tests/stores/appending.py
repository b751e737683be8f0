"""Run as a program: appends until it is killed, and says on standard output what has been acknowledged."""

import sys
from pathlib import Path

from tests.record.kit import LOG, NOW, prepared, report, sealed
from trucekeeper.kernel.clock import SetClock
from trucekeeper.stores.sql_record import SqlRecord, Terms


def main() -> None:
    """Argument 1: the office's folder; argument 2: the first uid to use; argument 3: to what integration pads."""
    number = int(sys.argv[2])
    record = SqlRecord.open(Path(sys.argv[1]), LOG, SetClock(NOW), terms=Terms(pad_to=int(sys.argv[3])))
    print("open", flush=True)  # noqa: T201
    while True:
        envelopes = [sealed(body=report(one), number=one) for one in range(number, number + 7)]
        for receipt in record.append(envelopes):
            print(receipt.index, receipt.uid, flush=True)  # noqa: T201
        made = prepared(300, number=number + 7)
        receipt = record.append_batch(made.envelope, made.rows, made.salts)
        print(receipt.index, receipt.uid, flush=True)  # noqa: T201
        record.checkpoint()
        number += 8


if __name__ == "__main__":
    main()
