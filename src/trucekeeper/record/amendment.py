"""What an agreement needs to take the place of another: both parties and more than half of the guarantors.

Entry 1 is the first agreement. Each later one names the one before by the digest of its entry ("amends") and bears
the signatures of those who agree, apart from the office's own under the entry.
"""

from collections.abc import Mapping

from trucekeeper.kernel.canon import Fields, Json
from trucekeeper.kernel.clock import Instant
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.record import root
from trucekeeper.record.entry import Entry
from trucekeeper.record.keyset import KeySet, Role

KIND = "agreement/v1"
PAYLOAD_TYPE = "application/vnd.trucekeeper.agreement+json"
"""The DSSE type of every signature that agrees."""

AMENDS = "amends"


def plain(body: Mapping[str, Json]) -> dict[str, Json]:
    """The body without what makes it an amendment."""
    return {name: value for name, value in body.items() if name not in {AMENDS, root.FIELD}}


def amends(found: Entry) -> str | None:
    """The digest of the entry that an agreement amends; None of a first one."""
    if AMENDS not in found.body and root.FIELD not in found.body:
        return None
    return Fields(found.body, "an amendment").text(AMENDS)


def agreed(found: Entry, keys: KeySet) -> None:
    """NotTrusted unless an amendment has every signature that it needs; a first agreement needs none."""
    if amends(found) is None:
        return
    if missing := lacking(found.body, found.at, keys):
        msg = f"an amendment lacks {' and '.join(missing)}; let them sign it"
        raise NotTrusted(msg)


def signers(keys: KeySet) -> dict[str, bytes]:
    """The public keys that may sign an amendment, by key id: those of liaisons and guarantors."""
    may = {Role.LIAISON, Role.GUARANTOR}
    return {key.key_id: key.public for one in keys.holders if one.role in may for key in one.keys}


def lacking(body: Mapping[str, Json], at: Instant, keys: KeySet) -> tuple[str, ...]:
    """The signatures that are missing, in words: a liaison's for each party, and those of a majority of guarantors.

    Parties are those that have a liaison with a key in ``keys``, the set in force, and guarantors count likewise; a
    signer's mandate must hold at ``at``, when the entry is sealed. NotTrusted for a signature that is of nobody who may
    sign, or does not hold.
    """
    signatures = root.read(Fields(body, "an amendment"))
    signed = root.checked(PAYLOAD_TYPE, body, signatures, signers(keys))
    mandates = [keys.mandate(one, at) for one in signed]
    able = [holder for holder in keys.holders if holder.keys]
    parties = {holder.party for holder in able if holder.role is Role.LIAISON and holder.party}
    silent = sorted(parties - {one.party for one in mandates})
    guarantors = sum(holder.role is Role.GUARANTOR for holder in able)
    more = guarantors // 2 + 1 - len({one.holder for one in mandates if one.role is Role.GUARANTOR})
    counted = (f"{more} more of {guarantors} guarantors",) if more > 0 else ()
    return (*(f"the signature of {one}" for one in silent), *counted)


def in_order(found: Entry, in_force: str | None) -> None:
    """NotTrusted unless an agreement amends the one ``in_force`` (the digest of its entry; None: there is none yet).

    Otherwise an old amendment could be sent again, to bring a text back that was left.
    """
    said = amends(found)
    if said == in_force:
        return
    if said is None:
        msg = "a second agreement came without the signatures of an amendment; let parties and guarantors sign it"
        raise NotTrusted(msg)
    if in_force is None:
        msg = "the first agreement of a record amends another; record the first one as it is"
        raise BadInput(msg)
    msg = "an amendment is of another agreement than the one in force; propose it anew on that"
    raise NotTrusted(msg)
