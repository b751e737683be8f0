"""The scenario file: what may be set, from where to where, and what it means. README.md repeats the table."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import Refused, refuse
from sim.fields import one, one_of, read, real, several, some_of, text, whole, yes

SCHEMA = "scenario/v1"
CAPTURABLE = ("monitor", "patrol", "resident", "press", "ngo", "group", "sensor")


@dataclass(frozen=True, slots=True)
class Front:
    """The contact line and the happenings along it."""

    length_km: float = real(60, 10, 300, "length of the contact line")
    days: int = whole(120, 7, 730, "length of the period")
    hypotheses: int = whole(2600, 100, 6000, "happenings and alleged happenings expected in the period")
    hotspots: int = whole(4, 1, 20, "places along the line where more happens")
    branching: float = real(0.45, 0, 0.9, "happenings that one happening sets off, on average")
    decay_hours: float = real(10, 0.1, 240, "mean delay of what is set off")
    spread_km: float = real(1.5, 0.05, 20, "standard deviation of its distance along the line")
    retaliation: float = real(0.5, 0, 1, "chance that what is set off is laid at the other side's door")
    gap_share: float = real(0.15, 0, 0.8, "share of the line where nobody can look")
    regions: int = whole(5, 1, 12, "stretches of equal length with base rates of their own")


@dataclass(frozen=True, slots=True)
class Conduct:
    """What is behind an alleged happening: five shares that sum to 1."""

    violation: float = real(0.34, 0, 1, "share that the named side did, in breach")
    lawful: float = real(0.16, 0, 1, "share that was permitted")
    accident: float = real(0.12, 0, 1, "share of accidents")
    staged: float = real(0.05, 0, 1, "share that somebody else staged, without any adversary below")
    nothing: float = real(0.33, 0, 1, "share that never happened: rumours and mistakes")
    tilt: float = real(
        0.35, 0, 1.5, "spread of these shares between stretch and act (standard deviation of logs)"
    )
    first_side_weight: float = real(
        1, 0.1, 10, "factor on the odds of a violation where the first side is named"
    )
    second_side_weight: float = real(1, 0.1, 10, "the same for the second side")


@dataclass(frozen=True, slots=True)
class BaseRate:
    """The earlier period from which base rates are estimated, both sides together."""

    earlier_cases: int = whole(1500, 50, 20000, "happenings in the earlier period")
    drift: float = real(0.15, 0, 1, "change of the shares since (standard deviation of logs)")


@dataclass(frozen=True, slots=True)
class Sensors:
    """Devices and their quality."""

    seismic: int = whole(6, 0, 60, "seismic stations")
    acoustic: int = whole(12, 0, 60, "acoustic stations")
    thermal: int = whole(2, 0, 6, "satellites that sense heat")
    optical: int = whole(8, 0, 60, "cameras")
    side_owned: float = real(0.2, 0, 1, "share of devices that belong to a side")
    outage: float = real(0.06, 0, 0.9, "share of time that a device is down")
    direction: float = real(0.5, 0, 1, "chance that a device able to tell whence it came does so")
    test_trials: int = whole(800, 100, 5000, "trials of each kind's acceptance test")
    false_alarms: float = real(1, 0, 20, "factor on the usual rates of false alarms")
    field_loss: float = real(1, 0.3, 1, "detection in the field as a share of that in the acceptance test")


@dataclass(frozen=True, slots=True)
class Weather:
    """What blinds the eye."""

    cloud: float = real(0.4, 0, 1, "share of time under cloud")
    cloud_hours: float = real(30, 1, 240, "mean length of a spell of cloud")
    night_hours: float = real(11, 0, 24, "hours of darkness a day")


@dataclass(frozen=True, slots=True)
class People:
    """Who may say something."""

    monitors: int = whole(8, 0, 60, "teams of the mission that look into claims")
    patrols: int = whole(6, 0, 60, "patrols of the mission that are posted to look")
    residents: int = whole(24, 0, 400, "residents who report")
    press: int = whole(8, 0, 60, "outlets")
    ngos: int = whole(4, 0, 40, "non-governmental organisations")
    groups: int = whole(4, 0, 40, "groups of interest, of the two sides in turn")
    spokesmen: int = whole(2, 0, 10, "spokesmen of each side")
    contrarians: int = whole(0, 0, 20, "residents among these who say the reverse of what they believe")
    partisanship: float = real(0.5, 0, 1, "how far those who share a side's interest bend what they saw")
    error: float = real(0.08, 0, 0.5, "mean share of honest mistakes about what was seen")
    candour: float = real(0.55, 0.05, 0.95, "mean chance that who believes in a violation says so")
    declared_relays: int = whole(4, 0, 60, "further outlets that say whom they repeat")
    undeclared_relays: int = whole(4, 0, 60, "further outlets that do not say whom they repeat")
    repeats: float = real(0.6, 0, 1, "chance that a relay repeats what its original said")


@dataclass(frozen=True, slots=True)
class Adjudication:
    """Which happenings have been decided by a panel."""

    share: float = real(0.15, 0, 0.9, "share decided")
    where: str = one_of("anywhere", ("anywhere", "centre"), "centre: only in the middle third of the line")
    error: float = real(0, 0, 0.3, "share of decisions that are wrong")


@dataclass(frozen=True, slots=True)
class Adversary:
    """One who serves a side and spends a budget. Costs of each deed: sim/adversary.py and README.md."""

    serves: str = text("the side it serves, by name", 40)
    budget: int = whole(2000, 0, 100000, "units to spend; what does not fit is not done")
    captured: float = real(0, 0, 0.5, "share of all sources, spokesmen apart, that it wants to capture")
    classes: tuple[str, ...] = some_of(CAPTURABLE, CAPTURABLE, "classes among which it captures")
    silence: bool = yes("captured people keep silent where they would have to deny")
    fabricate: int = whole(0, 0, 3000, "happenings invented, laid at the other side's door")
    stage: int = whole(0, 0, 3000, "happenings staged, laid at the other side's door")
    spoofs: int = whole(1, 1, 3, "kinds of sensor that a staged happening deceives at once")
    smear: float = real(
        0, 0, 1, "chance to call what the other side did by accident or lawfully, or a rumour, a breach"
    )
    amplify: float = real(0, 0, 1, "chance to take up a true violation of the other side")
    shield: float = real(0, 0, 1, "chance to cover a violation of its own side")
    cover: float = real(0, 0, 1, "chance to deny where its own side is named and did no violation")
    jam: float = real(0, 0, 1, "chance that a covered violation comes with devices jammed")
    jam_decoy: float = real(0, 0, 1, "chance that devices are jammed though it covers no violation")
    jam_km: float = real(8, 0.5, 50, "reach of jamming")
    clones: int = whole(0, 0, 400, "accounts that repeat captured sources and do not say so")
    echo: float = real(0.75, 0, 1, "chance that a clone repeats its original in an operation")
    camouflage: float = real(0.2, 0, 1, "chance that it repeats its original at other times")
    paraphrase: float = real(0.1, 0, 1, "share of a clone's repetitions in other words")
    bots: int = whole(0, 0, 600, "accounts with words of their own")
    bot_rate: float = real(0.3, 0, 1, "chance that a bot speaks in an operation")
    drip_until: float = real(0, 0, 0.95, "share of the period during which it behaves, to earn credit")
    alibi: bool = yes("it admits its own side's small violations, to earn credit")
    exam: bool = yes("it behaves in the middle third of the line, where panels look first")


@dataclass(frozen=True, slots=True)
class Reports:
    """Raw reports for linking, of the same world."""

    reports_each: float = real(4, 1, 30, "mean number of reports that a reported happening gets")
    location_error_m: float = real(300, 10, 5000, "usual error of a reported place")
    time_error_min: float = real(4, 0.1, 240, "usual error of a reported time")
    missing: float = real(0.15, 0, 0.9, "share of reports that lack the kind; the same for the weapon")
    happenings_a_day: float = real(
        500, 10, 20000, "reported happenings a day; with the count it sets the period"
    )
    wrong: float = real(0.08, 0, 0.5, "share of reports with a wrong kind; the same for the weapon")
    overconfident: float = real(0.2, 0, 1, "share of sources that state a third of their true error")
    dense: float = real(
        0.3,
        0,
        0.9,
        "share of happenings that come in bursts: some twenty within an hour or two and a kilometre",
    )


@dataclass(frozen=True, slots=True)
class Scenario:
    """A world to be simulated."""

    schema: str = text("must be scenario/v1", 20)
    name: str = text("name of the scenario", 60)
    about: str = text("what the scenario is for, in one or two sentences", 500)
    first_side: str = text("name of the side that lies to the north of the line", 40)
    second_side: str = text("name of the other side", 40)
    seed: int = whole(1, 0, 2**31 - 1, "seed of all randomness")
    front: Front = field(default_factory=Front, metadata=one(Front, "the line and what happens along it"))
    conduct: Conduct = field(default_factory=Conduct, metadata=one(Conduct, "what is behind it"))
    base_rate: BaseRate = field(default_factory=BaseRate, metadata=one(BaseRate, "the earlier period"))
    sensors: Sensors = field(default_factory=Sensors, metadata=one(Sensors, "devices"))
    weather: Weather = field(default_factory=Weather, metadata=one(Weather, "cloud and night"))
    people: People = field(default_factory=People, metadata=one(People, "who may say something"))
    adjudication: Adjudication = field(
        default_factory=Adjudication, metadata=one(Adjudication, "what a panel has decided")
    )
    doubtful_links: float = real(
        0.05, 0, 0.5, "share of happenings with a statement that may belong elsewhere"
    )
    adversaries: tuple[Adversary, ...] = field(
        default=(), metadata=several(Adversary, 2, "at most one for each side")
    )
    reports: Reports = field(default_factory=Reports, metadata=one(Reports, "raw reports for linking"))

    @property
    def sides(self) -> tuple[str, str]:
        """Both names."""
        return self.first_side, self.second_side


def from_json(raw: object, where: str) -> Scenario:
    """The scenario in a JSON value; Refused with one sentence otherwise."""
    found = read(Scenario, raw, where)
    if found.schema != SCHEMA:
        refuse(f"{where}.schema is '{found.schema}'; this program reads {SCHEMA}.")
    if found.first_side == found.second_side:
        refuse(f"{where} calls both sides '{found.first_side}'; give them two names.")
    for name in (found.name, *found.sides):
        if not (name.isascii() and name.replace("-", "").replace("_", "").isalnum()):
            refuse(f"{where} has the name '{name}'; use ASCII letters, digits, '-' and '_'.")
    conduct = found.conduct
    total = conduct.violation + conduct.lawful + conduct.accident + conduct.staged + conduct.nothing
    if abs(total - 1) > 1e-6:
        refuse(f"{where}.conduct has shares that sum to {total:g}; they must sum to 1.")
    served = [each.serves for each in found.adversaries]
    for side in served:
        if side not in found.sides:
            refuse(f"{where}.adversaries serve '{side}'; the sides are {' and '.join(found.sides)}.")
    if len(set(served)) != len(served):
        refuse(f"{where}.adversaries has two that serve '{served[0]}'; a side has one at most.")
    taken = sum(each.captured for each in found.adversaries)
    if taken > 0.5:
        refuse(f"{where}.adversaries capture {taken:g} of all sources; together they may capture 0.5.")
    return found


def load(path: Path) -> Scenario:
    """The scenario in a file; Refused with one sentence otherwise."""
    try:
        raw: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as why:
        msg = f"{path.name} cannot be read: {why.strerror}."
        raise Refused(msg) from why
    except ValueError as why:
        msg = f"{path.name} is not JSON: {why}."
        raise Refused(msg) from why
    return from_json(raw, path.name)
