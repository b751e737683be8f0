"""What stands in the airspace after a number of writes: a fold over them, and nothing else."""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from trucekeeper.airspace.model import (
    Constraint,
    Intent,
    Resource,
    Standing,
    State,
    Subscription,
    Write,
    latest,
)
from trucekeeper.kernel.clock import Instant
from trucekeeper.movements.ports import Index
from trucekeeper.movements.volume import Volume


@dataclass(frozen=True, slots=True)
class Indexes:
    """Where the volumes are searched, one index for each kind; what is in them is the book's to say."""

    intents: Index
    constraints: Index
    subscriptions: Index


@dataclass(slots=True)
class Book:
    """The state. One thread writes; what others read at the same time, its owner orders.

    An entry that was erased is missed by those after it, and breaks none of them.
    """

    indexes: Indexes
    intents: dict[str, Intent] = field(default_factory=dict[str, Intent])
    constraints: dict[str, Constraint] = field(default_factory=dict[str, Constraint])
    subscriptions: dict[str, Subscription] = field(default_factory=dict[str, Subscription])
    standings: dict[str, Standing] = field(default_factory=dict[str, Standing])
    _dependents: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    _ends: list[tuple[Instant, str]] = field(default_factory=list[tuple[Instant, str]])
    _touched: set[str] = field(default_factory=set[str])
    """Subscriptions whose volumes have changed since they were indexed."""

    def replay(self, writes: Iterable[Write]) -> None:
        """Begin anew, with all of these writes."""
        for kept in (self.intents, self.constraints, self.subscriptions, self.standings, self._dependents):
            kept.clear()
        self._ends.clear()
        for write in writes:
            self._fold(write)
        self._touched.clear()
        for index, held in (
            (self.indexes.intents, self.intents),
            (self.indexes.constraints, self.constraints),
            (self.indexes.subscriptions, self.subscriptions),
        ):
            index.clear()
            index.fill({key: one.volumes for key, one in held.items()})

    def apply(self, write: Write) -> None:
        """Take one more write into the state, and into the indexes."""
        self._fold(write)
        if write.resource is Resource.INTENT:
            _reindex(self.indexes.intents, self.intents.get(write.id), write.id)
        if write.resource is Resource.CONSTRAINT:
            _reindex(self.indexes.constraints, self.constraints.get(write.id), write.id)
        for key in sorted(self._touched):
            _reindex(self.indexes.subscriptions, self.subscriptions.get(key), key)
        self._touched.clear()

    def standing(self, uss: str) -> Standing:
        """The availability of a USS."""
        return self.standings.get(uss) or Standing(uss)

    def dependents(self, subscription: str) -> tuple[str, ...]:
        """The ids of the intents that rest on a subscription, in order."""
        return tuple(sorted(self._dependents.get(subscription, ())))

    def live(self, subscription: str, now: Instant) -> Subscription | None:
        """A subscription that has not expired."""
        found = self.subscriptions.get(subscription)
        return found if found is not None and not _expired(found, now) else None

    def intents_meeting(self, volumes: Sequence[Volume]) -> tuple[Intent, ...]:
        """Every intent that meets one of the volumes, in the order of ids."""
        keys = {one.key for one in self.indexes.intents.meeting(volumes)}
        return tuple(self.intents[key] for key in sorted(keys) if key in self.intents)

    def constraints_meeting(self, volumes: Sequence[Volume]) -> tuple[Constraint, ...]:
        """Every constraint that meets one of the volumes, in the order of ids."""
        keys = {one.key for one in self.indexes.constraints.meeting(volumes)}
        return tuple(self.constraints[key] for key in sorted(keys) if key in self.constraints)

    def subscriptions_meeting(self, volumes: Sequence[Volume], now: Instant) -> tuple[Subscription, ...]:
        """Every subscription that meets one of the volumes and has not expired, in the order of ids."""
        keys = {one.key for one in self.indexes.subscriptions.meeting(volumes)}
        found = (self.live(key, now) for key in sorted(keys))
        return tuple(one for one in found if one is not None)

    def relevant(self, intent: str, volumes: Sequence[Volume]) -> tuple[Intent, ...]:
        """The intents that ``intent``, in these volumes, has to know of.

        All that it meets, but not what a USS that is down has merely planned.
        """
        return tuple(
            one
            for one in self.intents_meeting(volumes)
            if one.id != intent and not (one.state is State.ACCEPTED and self.standing(one.manager).down)
        )

    def _fold(self, write: Write) -> None:
        if write.implicit is not None:
            self._subscribe(write.implicit)
        for key in write.notified:
            told = self.subscriptions.get(key)
            if told is not None:
                self.subscriptions[key] = replace(told, index=told.index + 1)
        self._put(write)
        for key in write.dropped:
            self._drop(key)
        self._expire(write.at)

    def _put(self, write: Write) -> None:
        match write.written:
            case Intent() as intent:
                self._put_intent(intent)
            case Constraint() as constraint:
                self.constraints[write.id] = constraint
            case Subscription() as subscription:
                self._subscribe(subscription)
            case Standing() as standing:
                self.standings[write.id] = standing
            case None if write.resource is Resource.INTENT:
                self._depend(self.intents.pop(write.id, None), None)
            case None if write.resource is Resource.CONSTRAINT:
                self.constraints.pop(write.id, None)
            case None if write.resource is Resource.SUBSCRIPTION:
                self._drop(write.id)
            case _:
                pass

    def _put_intent(self, intent: Intent) -> None:
        old = self.intents.get(intent.id)
        self.intents[intent.id] = intent
        self._depend(old, intent)

    def _depend(self, old: Intent | None, new: Intent | None) -> None:
        """Keep the dependents of both intents' subscriptions, and what implicit ones cover."""
        if old is not None and old.subscription is not None:
            self._dependents.get(old.subscription, set()).discard(old.id)
        if new is not None and new.subscription is not None:
            self._dependents.setdefault(new.subscription, set()).add(new.id)
        for intent in (old, new):
            if intent is not None and intent.subscription is not None:
                self._cover(intent.subscription)

    def _cover(self, key: str) -> None:
        found = self.subscriptions.get(key)
        if found is None or not found.implicit:
            return
        volumes = tuple(volume for one in self.dependents(key) for volume in self.intents[one].volumes)
        if volumes:
            self._subscribe(replace(found, volumes=volumes))

    def _subscribe(self, subscription: Subscription) -> None:
        self.subscriptions[subscription.id] = subscription
        self._touched.add(subscription.id)
        end = latest(subscription.volumes)
        if end is not None and not subscription.implicit:
            heapq.heappush(self._ends, (end, subscription.id))

    def _drop(self, key: str) -> None:
        self.subscriptions.pop(key, None)
        self._touched.add(key)
        for one in self._dependents.pop(key, ()):
            self.intents[one] = replace(self.intents[one], subscription=None)

    def _expire(self, now: Instant) -> None:
        """Forget explicit subscriptions that have expired; implicit ones last as long as their intents."""
        while self._ends and self._ends[0][0] < now:
            _, key = heapq.heappop(self._ends)
            found = self.subscriptions.get(key)
            if found is not None and not found.implicit and _expired(found, now):
                self._drop(key)


def _expired(subscription: Subscription, now: Instant) -> bool:
    end = latest(subscription.volumes)
    return end is not None and end < now


def _reindex(index: Index, standing: Intent | Constraint | Subscription | None, key: str) -> None:
    if standing is None:
        index.remove(key)
    else:
        index.put(key, standing.volumes)
