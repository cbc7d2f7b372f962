"""Starts the service: the invented unit, or a record of real people."""

from __future__ import annotations

import uuid
from pathlib import Path

from fastapi import FastAPI

from livedo import instants
from livedo.decisions.store import open_store
from livedo.demo.roster import roster_text
from livedo.errors import SourceUnreadable
from livedo.instants import DAY
from livedo.knowledge.load import load_knowledge
from livedo.record.store import Record, open_record
from livedo.surfaces.hooks.joined import JoinedHooks
from livedo.surfaces.hooks.settings import HookSettings, hook_settings
from livedo.surfaces.options import Reader
from livedo.surfaces.web.app import create_app
from livedo.surfaces.web.centre import believed
from livedo.surfaces.web.clock import Clock, DemoClock, SystemClock
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.ward import Ward

COMPARED_DAYS = 28
"""The demo's list is compared with the round before."""


STORE, ROSTER = "decisions", "roster.csv"


def store_beside(record: Path) -> str:
    """The address of a record's own store: beside its folder, never inside."""
    folder = record.resolve()
    return f"sqlite:///{folder.parent / f'{folder.name}-{STORE}.sqlite'}"


def new_store_beside(record: Path) -> str:
    """The address of a store that begins empty, as the clock of the demo begins anew."""
    folder = record.resolve().parent / STORE
    folder.mkdir(exist_ok=True)
    return f"sqlite:///{folder / f'{uuid.uuid4().hex}.sqlite'}"


def demo_application(record: Path, reader: Reader, processes: int) -> FastAPI:
    """The application over the invented unit, with a clock that starts where its data end.

    What was entered in an earlier demo stays on the disk and is not shown.
    """
    opened = open_record(record)
    newest = opened.newest_known_at
    if newest is None:
        raise SourceUnreadable("The record holds no dated fact", where=str(record))
    since = instants.iso_date(newest - COMPARED_DAYS * DAY)
    store, roster = new_store_beside(record), invented_roster(opened)
    hooks = hook_settings(reader, opened.manifest.time_zone, is_same_source=True)
    clock = DemoClock(newest)
    return application(opened, clock, reader, processes, since, store, hooks, roster)


def invented_roster(record: Record) -> Path:
    """The chairs of the invented unit, written beside its record as a unit would write them."""
    path = record.path.resolve().parent / ROSTER
    path.write_text(roster_text(record.patients()), encoding="utf-8")
    return path


def record_application(
    record: Path,
    reader: Reader,
    processes: int,
    changed_since: str | None,
    store: str | None,
    roster: Path | None = None,
) -> FastAPI:
    """The application over a record of people.

    Args:
        store: the address of the store; None is a file beside the record.
        roster: a CSV file of dialysis units, shifts and chairs.
    """
    opened = open_record(record)
    address = store or store_beside(record)
    hooks = hook_settings(reader, opened.manifest.time_zone)
    clock = SystemClock()
    return application(opened, clock, reader, processes, changed_since, address, hooks, roster)


def application(
    record: Record,
    clock: Clock,
    reader: Reader,
    processes: int,
    changed_since: str | None,
    store: str,
    hooks: HookSettings | None = None,
    roster: Path | None = None,
) -> FastAPI:
    """Everything put together, and everybody judged once."""
    default = Preferences(lang=reader.lang, units=reader.units)
    opened = open_store(store)
    service = Service(record, believed(opened, load_knowledge()), clock, opened, roster)
    ward = Ward(service, default, changed_since=changed_since, processes=processes)
    ward.judge_everybody()
    joined = None if hooks is None else JoinedHooks(service, hooks)
    return create_app(service, ward, default, joined)
