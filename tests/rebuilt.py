"""A lying office: its whole record written anew, with the log's own key, after a change to some entries."""

import shutil
from collections.abc import Callable
from pathlib import Path

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import SetClock
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.record import entry
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import Role
from trucekeeper.stores.sql_reader import SqlReader
from trucekeeper.stores.sql_record import SqlRecord

Change = Callable[[int, Entry], dict[str, Json] | None]
"""The body that an entry is to have instead; None where it stays as it is."""


def rebuilt(office: Path, target: Path, change: Change) -> Path:
    """The office in ``target``, its record made anew; what is changed is signed anew with the office's own key."""
    shutil.copytree(office, target)
    for part in ("log", "vault", "projections"):
        shutil.rmtree(target / part)
    (target / "vault").mkdir()
    (target / "keys" / "vault.key").unlink()
    log, officer = (Ed25519Signer.load(office / "keys" / name) for name in ("log.pem", "officer.pem"))
    with SqlReader(office) as old:
        clock = SetClock(old.opened(0).admitted)
        new = SqlRecord.create(target, log, old.opened(0).envelope, clock)
        try:
            for one in old.entries(1):
                clock.at = one.admitted
                envelope = entry.joined(one.envelope, one.disclosures)
                body = change(one.index, one.entry)
                if body is not None:
                    assert (
                        old.keysets().at(one.index).mandate(one.entry.key, one.entry.at).role is Role.OFFICE
                    )
                    kept = one.entry
                    envelope = entry.seal(officer, kept.kind, kept.origin, kept.uid, kept.at, body)
                if one.rows:
                    salted = [row for row in old.salted_rows(one.index) if not isinstance(row, bytes)]
                    new.append_batch(envelope, [row for _, row in salted], [salt for salt, _ in salted])
                else:
                    new.append([envelope])
            new.integrate()
        finally:
            new.close()
    return target
