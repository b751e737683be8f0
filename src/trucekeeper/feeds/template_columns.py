"""The columns of our own template: their names, what to write, and an example. The guide is made from this."""

from dataclasses import dataclass

from trucekeeper.feeds.rows import Feed
from trucekeeper.observations.model import ACTS, MEANS, PHASES, STATUSES, WEAPONS, Kind
from trucekeeper.places.position import BEARINGS

UNDETERMINED = "undetermined"
DENIED, DELAYED = "denied", "delayed"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the template."""

    name: str
    explanation: str
    example: str = ""
    required: bool = False


def _one_of(*words: str) -> str:
    return f"One of: {', '.join(words)}."


COLUMNS = (
    Column("id", "Unique within the source. Empty: made from what the row says.", "P3-0017"),
    Column("kind", _one_of(*(kind.value for kind in Kind)), "report", required=True),
    Column(
        "source", "Whose observation it is: the id from the office's register.", "patrol-3", required=True
    ),
    Column(
        "start",
        "First moment at which it may have happened (for coverage: when looking began). With a time zone. "
        "A time to the minute means that minute, a date that day.",
        "2026-03-05 14:30 +02:00",
        required=True,
    ),
    Column("end", "Last moment at which it may have happened. Empty: as start.", "2026-03-05 14:45 +02:00"),
    Column(
        "utc_offset",
        "Holds for start and end where they have no time zone, as date cells have none.",
        "+02:00",
    ),
    Column("lat", "Latitude, decimal or as 20°30'15\"S. With distance_km: of the observer.", "-20.5042"),
    Column("lon", "Longitude, in the same way.", "-19.0125"),
    Column("radius_m", "How far, in metres, the true point may be from lat, lon. Needed with them.", "50"),
    Column("distance_km", "Distance of the event from lat, lon: one number or a range.", "5-7"),
    Column(
        "bearing",
        f"Direction of the event from lat, lon. {_one_of(*BEARINGS)} Needed with distance_km.",
        "SE",
    ),
    Column("act", f"What happened. {_one_of(*ACTS)}", "explosion"),
    Column("means", f"How it was observed. {_one_of(*MEANS)}", "heard"),
    Column("phase", f"Of an explosion or projectile. {_one_of(*PHASES)}", "impact"),
    Column("weapon", f"{_one_of(*WEAPONS, UNDETERMINED)}", "artillery"),
    Column("calibre_mm", f'Millimetres: "122", "100-152", "over 100" or "{UNDETERMINED}".', "100-152"),
    Column("system", "The weapon's type as far as it was recognised.", "D-30"),
    Column("count", 'How many: "12", "5-7", "over 100", "at least 5" or "uncountable".', "over 100"),
    Column("by", "The party said or seen to have done it. Empty: not known.", "party-a"),
    Column("heading", f"Direction of movement or flight. {_one_of(*BEARINGS)}", "NW"),
    Column("killed", "Civilians killed: a number or range. Empty: not known.", "0"),
    Column("injured", "Civilians injured: a number or range. Empty: not known.", "2-3"),
    Column("denies", "For a denial: the observation denied, as source/id.", "ministry-b/17"),
    Column("relays", "Where this is copied from: a source, or source/id.", "radio-x"),
    Column("grounds", "Exemptions that it gives grounds for, with ; between them."),
    Column("credibility", "Admiralty digit 1 (confirmed) to 6 (cannot be judged). Empty: 6.", "3"),
    Column(
        "looked_for",
        "For coverage: the acts that would have been noticed, with ; between them.",
        "explosion; burst",
    ),
    Column("chance_percent", "For coverage: the chance of noticing one, in percent.", "80"),
    Column("access", f"For refused access. {_one_of(DENIED, DELAYED)}", "delayed"),
    Column("access_by", "The party that refused or delayed. Empty: not known.", "party-b"),
    Column("delay_min", "For delayed access: minutes.", "35"),
    Column("patrol_size", "Persons in the patrol.", "4"),
    Column("stated_reason", "The reason given, word for word."),
    Column("prior_notice", "Whether the patrol had been announced: yes or no. Empty: not known.", "yes"),
    Column("status", f"For a weapon holding. {_one_of(*STATUSES)}", "in-violation"),
    Column("posture", "For a weapon holding: stationary, moving and so on.", "stationary"),
    Column("in_storage", "For a weapon holding: yes or no. Empty: not known.", "no"),
    Column("note", "Anything else, up to 2,000 characters on one line. No names of witnesses."),
    Column("media", "SHA-256 digests of photographs and recordings, with ; between them."),
)

FEED = Feed(
    name="template",
    version=1,
    title="Trucekeeper template",
    required=tuple(column.name for column in COLUMNS if column.required),
    optional=tuple(column.name for column in COLUMNS if not column.required),
)
