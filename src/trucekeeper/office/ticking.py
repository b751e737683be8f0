"""What an office does by the clock while it is served: integrate, ask witnesses, take timestamps.

Duties fall due at whole multiples of their period since 1970, never some time after the last entry: so when they are
done tells nothing of what came in.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import structlog
from structlog.typing import FilteringBoundLogger

from trucekeeper.kernel.clock import Clock, Instant
from trucekeeper.kernel.errors import TruceError

_LOG: FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Duty:
    """``act`` falls due at each multiple of ``every_ms`` milliseconds."""

    name: str
    every_ms: int
    act: Callable[[], object]


@dataclass(slots=True)
class Ticker:
    """Does each duty once a period, one after the other, in a thread of its own while it is entered."""

    duties: Sequence[Duty]
    clock: Clock
    look_s: float = 0.5
    _done: dict[str, int] = field(default_factory=dict[str, int])
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def turn(self, now: Instant) -> tuple[str, ...]:
        """Do what fell due since the last turn; gives the names. A duty that fails is logged, and due again next time.

        The first turn counts from where it stands: nothing is due before its next multiple. A clock that was set
        back makes nothing due twice.
        """
        did: list[str] = []
        for duty in self.duties:
            period = now // duty.every_ms
            before = self._done.setdefault(duty.name, period)
            if period <= before:
                continue
            self._done[duty.name] = period
            did.append(duty.name)
            try:
                duty.act()
            except Exception as error:  # noqa: BLE001 - the outermost loop of a thread: the other duties go on
                _LOG.warning(
                    "duty.failed",
                    duty=duty.name,
                    why=str(error) if isinstance(error, TruceError) else type(error).__name__,
                )
        return tuple(did)

    def __enter__(self) -> Self:
        self.turn(self.clock.now())
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self.look_s):
            self.turn(self.clock.now())
