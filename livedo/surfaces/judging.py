"""What every judging command begins with: a record, an engine, a moment."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from livedo import instants
from livedo.errors import LivedoError, SourceUnreadable
from livedo.record.tables import Instant

if TYPE_CHECKING:
    from livedo.assess.engine_python import PythonEngine
    from livedo.knowledge.load import Knowledge
    from livedo.record.store import Record

ENGINES = ("python", "columns", "spark")
BUILT_ENGINES = ("python",)


def knowledge_with(overrides: Path | None) -> Knowledge:
    """The shipped knowledge, with a centre's own numbers from a file if one is given."""
    from livedo.knowledge.load import load_knowledge

    if overrides is None:
        return load_knowledge()
    from livedo.knowledge.override_files import read_overrides
    from livedo.knowledge.overrides import with_overrides

    return with_overrides(load_knowledge(), read_overrides(overrides))


def python_engine(
    kinds: Collection[str] | None = None, overrides: Path | None = None
) -> PythonEngine:
    """The reference engine: every rule, or those of some kinds; with a centre's own numbers."""
    from livedo.assess.engine_python import PythonEngine

    return PythonEngine(knowledge_with(overrides), kinds)


def screening_engine(overrides: Path | None = None) -> PythonEngine:
    """The reference engine with the rules that run on everyone, and no others."""
    from livedo.act.rule_book import SCREENING

    return python_engine(SCREENING, overrides)


def history_engine(overrides: Path | None = None) -> PythonEngine:
    """The rules that run on everyone, and the delay alarms that a history tells."""
    from livedo.act.rule_book import SCREENING

    return python_engine((*SCREENING, "workup"), overrides)


def refuse_engine_not_built(name: str) -> None:
    """A clear message for an engine that this version does not hold."""
    if name not in BUILT_ENGINES:
        raise click.UsageError(
            f"The engine {name} is not built yet. Use --engine python, which judges "
            "tens of thousands of people on one machine."
        )


def refuse_format_not_built(name: str) -> None:
    """A clear message for a format that this version does not write."""
    raise click.UsageError(f"The format {name} is not built yet. Use --format json.")


def open_at(place: Path) -> Record:
    """The record in a folder."""
    from livedo.record.store import open_record

    return open_record(place)


def moment_asked(text: str | None, newest: Instant | None, time_zone: str) -> Instant:
    """The moment of judgement: as asked, else the newest thing known."""
    if text is not None:
        return instants.from_iso(text, ZoneInfo(time_zone))
    if newest is None:
        raise no_dates()
    return newest


def no_dates() -> LivedoError:
    """The error for a record without a single dated fact."""
    return SourceUnreadable(
        "Nothing in it carries a date, so that no moment of judgement can be chosen",
        next_step="give --as-of DATE",
    )
