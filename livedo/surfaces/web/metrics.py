"""What the service counts for whoever runs it: never a label that tells of a patient.

A registry of its own, so that nothing else in the process adds to it. Labels come from closed
lists: templates of addresses, ids of rules, words of the specification; everything else is `other`.
"""

from __future__ import annotations

from collections.abc import Collection

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

MEDIA_TYPE = CONTENT_TYPE_LATEST
OTHER = "other"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.5, 1, 2, 5, 10)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
JUDGED_FOR = ("page", "document", "hook")
INDICATORS = ("info", "warning", "critical")
OUTCOMES = ("accepted", "overridden")
REFUSED = {401: "sign_in", 403: "role", 413: "too_large", 415: "kind", 429: "rate", 503: "overload"}
"""Statuses that say that a request was refused before it was looked at, and why."""


class Metrics:
    """The counters of one service. Safe for several threads."""

    def __init__(self, templates: Collection[str], rules: Collection[str]) -> None:
        self._templates, self._rules = frozenset(templates), frozenset(rules)
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "livedo_requests",
            "Requests answered, by template of the address.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "livedo_request_seconds",
            "Seconds from the first byte of a request to the end of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )
        self._in_flight = Gauge(
            "livedo_requests_in_flight", "Requests being answered.", registry=registry
        )
        self._refused = Counter(
            "livedo_refused", "Requests refused, by reason.", ("reason",), registry=registry
        )
        self._judged = Counter(
            "livedo_judged", "People judged, by what for.", ("what_for",), registry=registry
        )
        self._cards = Counter(
            "livedo_cards", "Cards given, by rule.", ("rule", "indicator"), registry=registry
        )
        self._feedback = Counter(
            "livedo_feedback", "Feedback on cards, by rule.", ("rule", "outcome"), registry=registry
        )

    def began(self) -> None:
        """A request has come."""
        self._in_flight.inc()

    def ended(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """It was answered. `route` is the template, never the address itself."""
        named = _one_of(route, self._templates)
        self._in_flight.dec()
        self._requests.labels(_one_of(method, METHODS), named, str(status)).inc()
        self._seconds.labels(named).observe(seconds)
        if status in REFUSED:
            self._refused.labels(REFUSED[status]).inc()

    def judged(self, what_for: str) -> None:
        """Somebody was judged: for a page, a document or a hook."""
        self._judged.labels(_one_of(what_for, JUDGED_FOR)).inc()

    def card(self, rule: str, indicator: str) -> None:
        """A card was given."""
        names = (_one_of(rule, self._rules), _one_of(indicator, INDICATORS))
        self._cards.labels(*names).inc()

    def feedback(self, rule: str, outcome: str) -> None:
        """Somebody told what became of a card."""
        self._feedback.labels(_one_of(rule, self._rules), _one_of(outcome, OUTCOMES)).inc()

    def text(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self.registry)


def _one_of(word: str | None, known: Collection[str]) -> str:
    return word if word is not None and word in known else OTHER
