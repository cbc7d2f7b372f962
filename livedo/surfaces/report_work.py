"""The report of a record: everybody screened, everybody listed explained."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from livedo.act.result import Explanation, Screening
from livedo.surfaces.judging import open_at, python_engine
from livedo.surfaces.options import Reader
from livedo.surfaces.report import Ledger, report_page
from livedo.surfaces.words import Words

if TYPE_CHECKING:
    from livedo.record.store import Record

MOST_EXPLAINED = 200
"""Sections beyond this cannot fit on the page in any case."""


def months(lang: str) -> list[str]:
    """The short names of the months."""
    from livedo.knowledge.load import load_knowledge

    wording = load_knowledge().wording(lang)
    return [wording.text(f"act.month.{number}") for number in range(1, 13)]


def report_of(
    place: Path, screening: Screening, reader: Reader, overrides: Path | None = None
) -> str:
    """The page of a screening that was just made."""
    record = open_at(place)
    return report_page(
        screening,
        explanations(record, screening, reader, overrides),
        ledger_in_words(record, reader.words),
        months(reader.lang),
        reader.words,
        str(place),
    )


def explanations(
    record: Record, screening: Screening, reader: Reader, overrides: Path | None = None
) -> Iterator[Explanation]:
    """Everybody listed, in the order of the worklist."""
    from livedo.act.explanation import explain

    engine = python_engine(overrides=overrides)
    due = {group.id for group in screening.groups if group.is_due}
    told = 0
    for result in screening.patients:
        if result.group not in due or told >= MOST_EXPLAINED:
            continue
        told += 1
        yield explain(
            record.patient(result.person_id),
            engine,
            screening.as_of,
            reader.lang,
            reader.units,
            time_zone=screening.record.time_zone,
        )


def ledger_in_words(record: Record, words: Words) -> Ledger:
    """Why items were set aside, most frequent first."""
    from livedo.knowledge.load import load_knowledge

    wording = load_knowledge().wording(words.lang)
    found = sorted(record.manifest.reasons.items(), key=lambda item: (-item[1], item[0]))
    named = [
        (wording.text(key) if (key := f"set_aside.{reason}") in wording else reason, count)
        for reason, count in found
    ]
    return Ledger(tuple(named), sum(record.manifest.parts_lost.values()))
