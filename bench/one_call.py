"""One CDS Hooks call with prefetch: how long it takes, and what of it is reading and judging.

python -m bench.one_call [PERSON]     a person of the invented unit; B-044 if none is named
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time

import msgspec

from livedo.demo.calls import EXAMPLES, Example, call_about
from livedo.instants import SECOND, from_iso
from livedo.record.tables import Instant
from livedo.surfaces.hooks.service import HookService
from livedo.surfaces.hooks.settings import HookSettings

CALLS = 100
PARTS = {"reading": "read_bundles", "judging": "judge", "drafts": "read_drafts"}
SERVICES = {"patient-view": "livedo-patient-view", "order-sign": "livedo-order-sign"}


class Ticking:
    """A clock that moves on by a second at each look."""

    def __init__(self) -> None:
        self.at = from_iso("2026-11-20T12:00:00Z")

    def now(self) -> Instant:
        """The next second."""
        self.at += SECOND
        return self.at


def main() -> None:
    """Prints the CPU time of a call of each hook."""
    person = sys.argv[1] if len(sys.argv) > 1 else "B-044"
    service = HookService(HookSettings(), Ticking())
    drafts = EXAMPLES["order-sign-warfarin"].drafts
    for hook, id in SERVICES.items():
        example = Example(person=person, hook=hook, since="2000-01-01", drafts=drafts)
        body = msgspec.json.encode(call_about(example))
        measure(service, hook, id, body)


def measure(service: HookService, hook: str, id: str, body: bytes) -> None:
    """One hook: the median and the slowest, and the shares of the parts."""
    resources = service.call(id, body).items_in
    took = []
    for _ in range(CALLS):
        began = time.process_time()
        service.call(id, body)
        took.append((time.process_time() - began) * 1000)
    took.sort()
    profile = cProfile.Profile()
    profile.runcall(lambda: [service.call(id, body) for _ in range(CALLS // 4)])
    print(
        f"{hook:<13}{resources:>4} resources: median {took[CALLS // 2]:.1f} ms, "
        f"p95 {took[CALLS * 95 // 100]:.1f} ms of CPU; {shares(pstats.Stats(profile))}"
    )


def shares(stats: pstats.Stats) -> str:
    """What of the time the parts take."""
    every: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = stats.stats  # type: ignore[attr-defined]
    whole = sum(own for _, _, own, _, _ in every.values())
    found = {
        part: max((cost[3] for place, cost in every.items() if place[2] == name), default=0.0)
        for part, name in PARTS.items()
    }
    return ", ".join(f"{part} {spent / whole:.0%}" for part, spent in found.items())


if __name__ == "__main__":
    main()
