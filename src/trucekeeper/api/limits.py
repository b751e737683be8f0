"""How much one caller may ask: a bucket for each that fills steadily, so that short bursts pass and floods do not."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from trucekeeper.api.refusals import TooMany
from trucekeeper.kernel.clock import Clock

_REMEMBERED = 10_000


@dataclass(slots=True)
class _Bucket:
    left_ms: int
    """What is left, in the milliseconds that it takes to fill; whole numbers do not drift."""
    at: int


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` requests at once, and as many again within ``window_s`` seconds, for each name by itself.

    ``name`` is what the policy is called in the RateLimit headers. The buckets asked for longest ago are forgotten.
    """

    name: str
    most: int
    window_s: int
    clock: Clock
    _buckets: "OrderedDict[str, _Bucket]" = field(default_factory=OrderedDict[str, _Bucket])
    _lock: Lock = field(default_factory=Lock)

    def take(self, who: str) -> Mapping[str, str]:
        """The headers of an answer that is within the limit; TooMany beyond it."""
        now, full_ms = self.clock.now(), self.window_s * 1000
        each_ms = max(1, full_ms // self.most)
        with self._lock:
            bucket = self._buckets.pop(who, None) or _Bucket(full_ms, now)
            bucket.left_ms = min(full_ms, bucket.left_ms + max(0, now - bucket.at))
            bucket.at = now
            within = bucket.left_ms >= each_ms
            if within:
                bucket.left_ms -= each_ms
            self._buckets[who] = bucket
            if len(self._buckets) > _REMEMBERED:
                self._buckets.popitem(last=False)
            left, missing_ms = bucket.left_ms // each_ms, each_ms - bucket.left_ms
        wait_s = 0 if left > 0 else max(1, -(-missing_ms // 1000))
        headers = {
            "RateLimit-Policy": f'"{self.name}";q={self.most};w={self.window_s}',
            "RateLimit": f'"{self.name}";r={left};t={wait_s}',
        }
        if within:
            return headers
        msg = f"more than {self.most} requests came within {self.window_s} seconds; wait {wait_s} seconds"
        raise TooMany(msg, {**headers, "Retry-After": str(wait_s)})
