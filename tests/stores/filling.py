"""Run as a program: appends until no file may grow any more, as on a full disk, and says what it acknowledged."""

import resource
import signal
import sys
from pathlib import Path

from tests.record.kit import LOG, NOW, report, sealed
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.errors import TruceError
from trucekeeper.stores.sql_record import SqlRecord

LIMIT_BYTES = 400_000


def main() -> None:
    """Argument: the office's folder."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    record = SqlRecord.open(Path(sys.argv[1]), LOG, SetClock(NOW))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT_BYTES, resource.RLIM_INFINITY))
    try:
        for number in range(1, 10_000):
            for receipt in record.append([sealed(body=report(number), number=number)]):
                print(receipt.index, receipt.uid)  # noqa: T201
    except TruceError as error:
        print(f"{type(error).__name__}: {error}")  # noqa: T201


if __name__ == "__main__":
    main()
