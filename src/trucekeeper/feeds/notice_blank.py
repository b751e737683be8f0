"""Empty forms for notices, an example in every line; ``feeds.notice_form`` reads them filled in."""

from collections.abc import Mapping
from types import MappingProxyType

_HEAD = """\
# Fill in what is below; what begins with # may be left out. Times have a zone (Z or +02:00).
# Coordinates as decimal degrees, degrees-minutes-seconds, MGRS or UTM, in WGS 84.
kind: {kind}
category: {category}
organisation: Lakes Relief
designation: {designation}
contact:
  name: Duty officer
  number: +00 55 010 203          # answered day and night
purpose: {purpose}
recipients: [liaison-a, liaison-b] # nobody else is told
source: gps                        # gps, map, survey or address
# uncertainty_m: 20                # how far the truth may lie from the coordinates
# emergency: true                  # lives depend on it: the shorter period applies
"""

_AREA = """\
start: 2026-03-14T06:00:00Z
{end}
area:
  - circle: {{at: "9.500000, -18.200000", radius_m: {radius_m}}}
# - polygon: ["9.50 N 18.20 W", "9.51 N 18.20 W", "9.51 N 18.19 W"]
# - file: site.geojson             # GeoJSON, KML or GPX beside this form
"""

_ROUTE = """\
route:
  width_m: 100
  waypoints:
    - {at: "9.500000, -18.300000", earliest: 2026-03-14T06:00:00Z, latest: 2026-03-14T06:30:00Z}
    - {at: "9.520000, -18.200000", earliest: 2026-03-14T07:00:00Z, latest: 2026-03-14T08:00:00Z}
# file: road.gpx                   # instead of waypoints: a track with times
vehicles:
  - {type: lorry, plate: LR 401, marking: white flag}
staff: 9
cargo: food
"""

_BAND = """\
# altitudes: {low_m: 0, high_m: 120} # above the WGS 84 ellipsoid; all heights where it is left out
"""


def _blank(kind: str, category: str, designation: str, purpose: str, rest: str) -> str:
    return _HEAD.format(kind=kind, category=category, designation=designation, purpose=purpose) + rest


BLANKS: Mapping[str, str] = MappingProxyType(
    {
        "site": _blank(
            "site",
            "hospital",
            "Hospital at the mole",
            "Care for the sick of both banks",
            _AREA.format(end="# end: 2027-03-14T06:00:00Z      # without one: until withdrawn", radius_m=150)
            + "# photo_sha256: 64 digits of a photograph that shows it\n",
        ),
        "movement": _blank("movement", "aid-convoy", "Convoy 7", "Food to the villages on the lake", _ROUTE),
        "activity": _blank(
            "activity",
            "repair",
            "Pump repair",
            "Mending the pumps of the water works",
            _AREA.format(end="end: 2026-03-14T16:00:00Z", radius_m=300) + _BAND,
        ),
        "hazard": _blank(
            "hazard",
            "demining",
            "Clearance of field 3",
            "Mines are lifted and blown up here",
            _AREA.format(end="end: 2026-03-16T16:00:00Z", radius_m=500),
        ),
    }
)
"""By kind of notice."""
