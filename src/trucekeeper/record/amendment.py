"""What an agreement needs to take the place of another: both parties and more than half of the guarantors.

Entry 1 is the first agreement. Each later one names the one before by the digest of its entry ("amends") and bears
the signatures of those who agree, apart from the office's own under the entry.
"""

from collections.abc import Mapping

from trucekeeper.kernel.canon import Fields, Json
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
    """NotTrusted unless an amendment bears a liaison's signature for each party, and a majority of guarantors'.

    Parties are those that have a liaison in ``keys``, the set in force; a signer's mandate must hold when the entry
    was sealed. A first agreement needs no such signature.
    """
    if amends(found) is None:
        return
    signatures = root.read(Fields(found.body, "an amendment"))
    known = {key.key_id: key.public for holder in keys.holders for key in holder.keys}
    signed = root.checked(PAYLOAD_TYPE, found.body, signatures, known)
    mandates = [keys.mandate(one, found.at) for one in signed]
    strangers = [one.holder for one in mandates if one.role not in {Role.LIAISON, Role.GUARANTOR}]
    if strangers:
        msg = f"{min(strangers)} signed an amendment and is neither a liaison nor a guarantor; leave that out"
        raise NotTrusted(msg)
    parties = {holder.party for holder in keys.holders if holder.role is Role.LIAISON and holder.party}
    silent = sorted(parties - {one.party for one in mandates})
    guarantors = sum(holder.role is Role.GUARANTOR for holder in keys.holders)
    agreeing = len({one.holder for one in mandates if one.role is Role.GUARANTOR})
    lacking = [f"the signature of {one}" for one in silent]
    if agreeing * 2 <= guarantors or not guarantors:
        lacking.append(f"{guarantors // 2 + 1 - agreeing} more of {guarantors} guarantors")
    if lacking:
        msg = f"an amendment lacks {' and '.join(lacking)}; let them sign it"
        raise NotTrusted(msg)


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
