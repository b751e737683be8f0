"""What a client is answered: references without what is not its to know (F3548-21, annex A4, schemas)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trucekeeper.airspace.book import Book
from trucekeeper.airspace.model import (
    NO_SUBSCRIPTION,
    NOT_YOURS,
    Constraint,
    Intent,
    NativeConstraint,
    Report,
    Standing,
    Subscription,
    earliest,
    latest,
)
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import Instant, format_utc, parse_utc
from trucekeeper.movements.volume import Form, Volume
from trucekeeper.places.geodesy import distance_m
from trucekeeper.places.position import Position

ALWAYS = parse_utc("1970-01-01T00:00:00.000Z")
EVER = parse_utc("2262-01-01T00:00:00.000Z")
"""What is reported of a native constraint without start or end, for the standard wants both: moments that every
client's clock can count to."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Shapes answers from the book. ``name`` and ``base_url`` are the office's own, as manager of its notices."""

    book: Book
    name: str
    base_url: str

    def intent(self, intent: Intent, sub: str) -> dict[str, Json]:
        """OperationalIntentReference, for the client ``sub``."""
        return {
            **self._reference(intent, sub),
            "state": intent.state.value,
            "subscription_id": intent.subscription or NO_SUBSCRIPTION,
        }

    def constraint(self, constraint: Constraint | NativeConstraint, sub: str) -> dict[str, Json]:
        """ConstraintReference, for the client ``sub``."""
        if isinstance(constraint, NativeConstraint):
            return self._native(constraint, NOT_YOURS)
        return self._reference(constraint, sub)

    def details(self, constraint: NativeConstraint) -> dict[str, object]:
        """GetConstraintDetailsResponse, by the USS that manages it: the office. Here the OVN is told."""
        volumes = [_volume(one) for one in constraint.volumes]
        reference = self._native(constraint, native_ovn(constraint))
        return {"constraint": {"reference": reference, "details": {"volumes": volumes, "type": "notice"}}}

    def subscription(self, subscription: Subscription) -> dict[str, Json]:
        """Subscription: only its manager ever sees one."""
        answer: dict[str, Json] = {
            "id": subscription.id,
            "version": subscription.version,
            "notification_index": subscription.index,
            "uss_base_url": subscription.uss_base_url,
            "notify_for_operational_intents": subscription.intents,
            "notify_for_constraints": subscription.constraints,
            "implicit_subscription": subscription.implicit,
            "dependent_operational_intents": list(self.book.dependents(subscription.id)),
        }
        for name, at in (
            ("time_start", earliest(subscription.volumes)),
            ("time_end", latest(subscription.volumes)),
        ):
            if at is not None:
                answer[name] = _time(at)
        return answer

    def _reference(self, entity: Intent | Constraint, sub: str) -> dict[str, Json]:
        return {
            "id": entity.id,
            "manager": entity.manager,
            "uss_availability": self.book.standing(entity.manager).availability.value,
            "version": entity.version,
            "ovn": entity.ovn if entity.manager == sub else NOT_YOURS,
            "uss_base_url": entity.uss_base_url,
            **_times(entity.volumes),
        }

    def _native(self, constraint: NativeConstraint, ovn: str) -> dict[str, Json]:
        return {
            "id": constraint.id,
            "manager": self.name,
            "uss_availability": self.book.standing(self.name).availability.value,
            "version": constraint.version,
            "ovn": ovn,
            "uss_base_url": self.base_url,
            **_times(constraint.volumes),
        }


def subscribers(told: Iterable[Subscription]) -> list[Json]:
    """SubscriberToNotify for each address, in the order of addresses; indexes as they are now."""
    by_address: dict[str, list[Json]] = {}
    for one in told:
        state: Json = {"subscription_id": one.id, "notification_index": one.index}
        by_address.setdefault(one.uss_base_url, []).append(state)
    return [{"uss_base_url": url, "subscriptions": states} for url, states in sorted(by_address.items())]


def standing(status: Standing) -> dict[str, Json]:
    """UssAvailabilityStatusResponse."""
    said: dict[str, Json] = {"uss": status.uss, "availability": status.availability.value}
    return {"version": status.version, "status": said}


def report(filed: Report) -> dict[str, Json]:
    """ErrorReport, as it was filed."""
    return {"report_id": filed.id, "exchange": dict(filed.exchange)}


def native_ovn(constraint: NativeConstraint) -> str:
    """The OVN of a native constraint: it follows from what may be known of it, and changes with that."""
    said = f"{constraint.id} {constraint.version} {constraint.volumes!r}"
    return hashlib.sha256(said.encode()).hexdigest()


def _times(volumes: Sequence[Volume]) -> dict[str, Json]:
    start, end = earliest(volumes), latest(volumes)
    return {
        "time_start": _time(ALWAYS if start is None else start),
        "time_end": _time(EVER if end is None else end),
    }


def _time(at: Instant) -> dict[str, Json]:
    return {"value": format_utc(at), "format": "RFC3339"}


def _volume(volume: Volume) -> dict[str, object]:
    """A Volume4D; what the standard cannot outline is told as a circle around it."""
    footprint = volume.footprint
    solid: dict[str, object] = {}
    if footprint.form is Form.RING and footprint.reach_cm == 0:
        solid["outline_polygon"] = {"vertices": [_point(one) for one in footprint.points]}
    else:
        centre = footprint.points[0]
        far_m = max(distance_m(centre, one) for one in footprint.points)
        radius = {"value": max(1.0, far_m + footprint.reach_cm / 100), "units": "M"}
        solid["outline_circle"] = {"center": _point(centre), "radius": radius}
    for name, level_cm in (("altitude_lower", volume.low_cm), ("altitude_upper", volume.high_cm)):
        if level_cm is not None:
            solid[name] = {"value": level_cm / 100, "reference": "W84", "units": "M"}
    told: dict[str, object] = {"volume": solid}
    for name, at in (("time_start", volume.start), ("time_end", volume.end)):
        if at is not None:
            told[name] = _time(at)
    return told


def _point(position: Position) -> dict[str, float]:
    return {"lat": position.lat_u / 1e6, "lng": position.lon_u / 1e6}
