"""Which duties an office has while it is served, and how often each falls due."""

from trucekeeper.office import delivering, timestamping, witnessing
from trucekeeper.office.ticking import Duty
from trucekeeper.office.wiring import Office

LAZY_MS = 1_000
"""An office without intervals brings its published log up to what it holds this often."""

WITNESSED_MS = 60_000
"""An office without intervals that has witnesses asks them this often: each answer is one more entry."""

STRIKES_MS = 10_000
"""How often incidents are held against notices; nothing is done where the record has nothing new."""

LOOKOUT_MS = 600_000
"""How often hours that have passed are looked for whose questions are counted and not recorded."""


def duties(office: Office) -> tuple[Duty, ...]:
    """Integration, with the witnesses' cosignatures where a policy asks for them; timestamps once an hour.

    Where the agreement has a deconfliction desk, also delivery with its clocks, and cases of what was struck.
    """
    every_ms = office.settings.log.interval_s * 1000
    if not every_ms:
        every_ms = LAZY_MS if witnessing.policy_of(office) is None else WITNESSED_MS
    found = (
        Duty("log", every_ms, lambda: witnessing.tick(office)),
        Duty("timestamps", timestamping.HOUR_MS, lambda: timestamping.tick(office)),
    )
    if office.agreement.deconfliction is None:
        return found
    strikes = Duty("strikes", STRIKES_MS, lambda: office.movements.strikes.open_cases(office.signer))
    counts = Duty("lookout", LOOKOUT_MS, office.movements.looking.report)
    return (*found, delivering.duty(office), strikes, counts)
