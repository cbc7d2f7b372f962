"""Spans for which a source speaks, as whoever runs the read declares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from pathlib import Path

import yaml

from livedo.errors import DateInvalid
from livedo.instants import from_iso, iso_date, start_from_iso
from livedo.sources.intake import Declared

HISTORY = "history"


def declared_spans(given: Iterable[str], zone: tzinfo) -> tuple[Declared, ...]:
    """Spans from lines `domain=FROM..TO[,history]`, or from YAML files of the same."""
    spans = []
    for text in given:
        if "=" in text:
            spans.append(_span(text, zone))
        else:
            spans += _spans_of_file(Path(text), zone)
    return _in_order(spans)


def spans_said(given: Iterable[str], zone: tzinfo) -> tuple[Declared, ...]:
    """Spans from lines alone: what comes over a network never opens a file."""
    return _in_order(_span(text, zone) for text in given)


def _in_order(spans: Iterable[Declared]) -> tuple[Declared, ...]:
    return tuple(sorted(spans, key=lambda span: (span.domain, span.from_at, span.to_at)))


def _span(text: str, zone: tzinfo) -> Declared:
    domain, _, rest = text.partition("=")
    dates, _, extra = rest.partition(",")
    start, dots, end = dates.partition("..")
    if not domain.strip() or not dots or extra.strip() not in ("", HISTORY):
        raise _refused(text)
    from_at, to_at = start_from_iso(start.strip(), zone), from_iso(end.strip(), zone)
    if to_at < from_at:
        raise _refused(text)
    return Declared(
        domain=domain.strip(), from_at=from_at, to_at=to_at, with_history=bool(extra.strip())
    )


def _spans_of_file(path: Path, zone: tzinfo) -> list[Declared]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise _refused(str(path)) from None
    spans = content.get("observed") if isinstance(content, Mapping) else None
    if not isinstance(spans, Mapping):
        raise _refused(str(path))
    return [
        _span(f"{domain}={span}", zone)
        for domain, found in spans.items()
        for span in (found if isinstance(found, list) else [found])
    ]


def text_of(span: Declared, zone: tzinfo) -> str:
    """The span as it would be declared."""
    history = f",{HISTORY}" if span.with_history else ""
    return f"{span.domain}={iso_date(span.from_at, zone)}..{iso_date(span.to_at, zone)}{history}"


def _refused(where: str) -> DateInvalid:
    return DateInvalid(
        "A declared span could not be read.",
        where=where,
        next_step="Write it like drug=2024-01-01..2026-11-01, with ,history at the end where "
        "the source also knows everything before; in a YAML file under the key observed.",
    )
