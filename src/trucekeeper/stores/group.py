"""Group commit: whoever comes while a commit is under way joins the next one, so that all share its fsync."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from trucekeeper.kernel.errors import Busy, Conflict, TruceError

W = TypeVar("W")
R = TypeVar("R")


@dataclass(slots=True, eq=False)
class Request(Generic[W, R]):
    """Work that waits, how much of it there is, and later either its result or its error."""

    work: W
    weight: int
    result: R | None = None
    error: TruceError | None = None
    settled: bool = False
    turn: threading.Event = field(default_factory=threading.Event)


class GroupCommit(Generic[W, R]):
    """Runs ``commit`` on one group after the other, never two at a time, in the order of arrival.

    The caller at the head of the queue leads: it commits its own work and what waits behind it, then hands the
    lead to the next. ``commit`` gives each request its result or its error.
    """

    def __init__(
        self, commit: Callable[[Sequence[Request[W, R]]], None], group_weight: int, queue_weight: int
    ) -> None:
        self._commit = commit
        self._group_weight = group_weight
        self._queue_weight = queue_weight
        self._lock = threading.Lock()
        self._waiting: deque[Request[W, R]] = deque()
        self._weight = 0
        self._led = False

    def submit(self, work: W, weight: int) -> R:
        """The result of ``work`` once it is committed; Busy at once where too much waits already."""
        request: Request[W, R] = Request(work, weight)
        with self._lock:
            if self._waiting and self._weight + weight > self._queue_weight:
                msg = "too many entries wait to be recorded; send this again in a moment"
                raise Busy(msg)
            self._waiting.append(request)
            self._weight += weight
            if not self._led:
                self._led = True
                request.turn.set()
        try:
            request.turn.wait()
        except BaseException:
            self._withdraw(request)
            raise
        if not request.settled:
            self._lead()
        if request.error is not None:
            raise request.error
        if request.result is None:
            msg = "recording was interrupted; look the entry up by its uid before sending it again"
            raise Conflict(msg)
        return request.result

    def waiting(self) -> int:
        """How many requests wait for the next commit."""
        with self._lock:
            return len(self._waiting)

    def _lead(self) -> None:
        group = self._take()
        try:
            self._commit(group)
        finally:
            for request in group:
                request.settled = True
                request.turn.set()
            with self._lock:
                self._pass_on()

    def _take(self) -> list[Request[W, R]]:
        with self._lock:
            group: list[Request[W, R]] = []
            weight = 0
            while self._waiting and (not group or weight + self._waiting[0].weight <= self._group_weight):
                group.append(self._waiting.popleft())
                weight += group[-1].weight
            self._weight -= weight
            return group

    def _pass_on(self) -> None:
        """Wake the next leader, or leave the lead open; the lock is held."""
        if self._waiting:
            self._waiting[0].turn.set()
        else:
            self._led = False

    def _withdraw(self, request: Request[W, R]) -> None:
        """A waiting caller was interrupted: take its work back, unless a leader has it already."""
        with self._lock:
            if request not in self._waiting:
                return
            led_next = request.turn.is_set()
            self._waiting.remove(request)
            self._weight -= request.weight
            if led_next:
                self._pass_on()
