"""How often one caller may ask: a bucket of tokens each, and a bounded number of buckets."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict

from msgspec import Struct

from livedo.instants import SECOND, Instant

MOST_CALLERS = 10_000


class Rate(Struct, frozen=True):
    """So many requests at once, and so many a second for ever."""

    at_once: int
    per_second: float


class _Bucket(Struct):
    left: float
    at: Instant


class Buckets:
    """One bucket a caller. The caller not seen for longest is forgotten first."""

    def __init__(self, most_callers: int = MOST_CALLERS) -> None:
        self._most = most_callers
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._buckets)

    def wait(self, caller: str, rate: Rate, now: Instant) -> int:
        """0 if the caller may ask now, else the whole seconds to wait."""
        with self._lock:
            bucket = self._buckets.setdefault(caller, _Bucket(rate.at_once, now))
            self._buckets.move_to_end(caller)
            passed = max(0, now - bucket.at) / SECOND
            bucket.left = min(rate.at_once, bucket.left + passed * rate.per_second)
            bucket.at = max(now, bucket.at)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
            if bucket.left >= 1:
                bucket.left -= 1
                return 0
            return max(1, math.ceil((1 - bucket.left) / rate.per_second))
