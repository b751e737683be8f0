"""A small agreement of two articles, to be broken in one place at a time."""

import json
from pathlib import Path

from trucekeeper.agreement.folder import lock

YAML = """\
agreement:
  id: small
  title: Small truce
  in_force: 2026-03-01T00:00:00Z
  timezone: Europe/Kyiv
  languages: [en]
parties: [{id: party-a, name: A}, {id: party-b, name: B}]
guarantors: [{id: g1, name: G}]
lines:
  contact: {file: zones/contact.geojson, as_of: 2026-02-20, left: party-a}
zones:
  a-5km: {derive: {band: {line: contact, from_km: 0, to_km: 5.5, side: party-a}}, valid: [2026-03-01T00:00:00Z, null]}
  town: {file: zones/town.geojson, valid: [2026-03-01T00:00:00Z, 2026-06-01T00:00:00Z]}
sectors: [town]
actions:
  fire: [explosion, shot]
exemptions:
  exercise: art-2
base_rates: {explosion: 0.4}
terms:
  - id: t1
    clause: art-1
    party: party-a
    modality: SHANT
    action: fire
    when: 'count >= 1'
    where: [a-5km, town]
    within: {days: 2, of: in-force, counting: after}
    except: [exercise]
    evidence: {event: 0.80, attribution: 0.95}
    severity: {base: S2, escalate: [{if: 'civilian_harm', to: S4}]}
  - id: t2
    clause: art-2
    party: party-b
    modality: MUST
    action: movement
    within: {days: 3, of: t1}
    evidence: {event: 0.8, attribution: 0.000001}
    severity: S1
readings:
  - id: second-day-of
    of: t1
    by: party-b
    replaces: {within: {days: 2, of: in-force, counting: of}}
publication: {daily_report: [parties, g1], findings: parties, portal: off, probabilities: panel, cut_off: 19:30}
procedure: {reply_hours: 24, panel_votes: 2}
witnesses: {quorum: 1-of-guarantors}
"""

TEXT = """\
# Small truce

Preamble.

## Ceasefire {#art-1}

Nobody shall fire.

## Leaving {#art-2}

1. The other side shall leave.
2. Exercises are exempt.
"""

LINE = [[10.0, 0.0], [10.0, 0.5], [10.1, 1.0]]
TOWN = [[[10.0, 0.2], [10.1, 0.2], [10.1, 0.3], [10.0, 0.3], [10.0, 0.2]]]


def geojson(kind: str, coordinates: object) -> bytes:
    """A GeoJSON feature."""
    geometry = {"type": kind, "coordinates": coordinates}
    return json.dumps({"type": "Feature", "properties": {}, "geometry": geometry}).encode()


def small(
    folder: Path, *changes: tuple[str, str], text: str = TEXT, line: object = LINE, locked: bool = True
) -> Path:
    """The folder of the small agreement with each (old, new) changed in its YAML."""
    yaml = YAML
    for old, new in changes:
        assert old in yaml, f"the sample has no {old!r}"
        yaml = yaml.replace(old, new)
    for part in ("text", "zones"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "agreement.yaml").write_text(yaml, encoding="utf-8")
    (folder / "text/en.md").write_text(text, encoding="utf-8")
    (folder / "zones/contact.geojson").write_bytes(geojson("LineString", line))
    (folder / "zones/town.geojson").write_bytes(geojson("Polygon", TOWN))
    if locked:
        lock(folder)
    return folder
