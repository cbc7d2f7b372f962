"""Starts the service: the invented unit, or a record of real people."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI

from livedo import instants
from livedo.access.settings import AccessSettings
from livedo.audit.log import open_log
from livedo.decisions.store import open_store
from livedo.demo.roster import roster_text
from livedo.errors import SourceUnreadable
from livedo.instants import DAY
from livedo.knowledge.load import load_knowledge
from livedo.record.store import Record, open_record
from livedo.surfaces.hooks.joined import JoinedHooks
from livedo.surfaces.hooks.settings import HookSettings, hook_settings
from livedo.surfaces.options import Reader
from livedo.surfaces.web.access import Access, demo_access, hospital_access
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


def demo_application(
    record: Path, reader: Reader, processes: int, audit: Path | None = None
) -> FastAPI:
    """The application over the invented unit, with a clock that starts where its data end.

    What was entered in an earlier demo stays on the disk and is not shown.

    Args:
        audit: the audit log; None keeps the events in memory.
    """
    opened = open_record(record)
    newest = opened.newest_known_at
    if newest is None:
        raise SourceUnreadable("The record holds no dated fact", where=str(record))
    since = instants.iso_date(newest - COMPARED_DAYS * DAY)
    store, roster = new_store_beside(record), invented_roster(opened)
    hooks = hook_settings(reader, opened.manifest.time_zone, is_same_source=True)
    clock = DemoClock(newest)

    def guarded(service: Service) -> Access:
        log = None if audit is None else open_log(audit, now=clock.now())
        return demo_access(clock.now, service.link_of, log)

    return application(opened, clock, reader, processes, since, store, hooks, guarded, roster)


def invented_roster(record: Record) -> Path:
    """The chairs of the invented unit, written beside its record as a unit would write them."""
    path = record.path.resolve().parent / ROSTER
    path.write_text(roster_text(record.patients()), encoding="utf-8")
    return path


def audit_beside(record: Path) -> Path:
    """The audit log of a record: beside its folder, never inside."""
    folder = record.resolve()
    return folder.parent / f"{folder.name}-audit.log"


def record_application(
    record: Path,
    reader: Reader,
    processes: int,
    changed_since: str | None,
    store: str | None,
    settings: AccessSettings,
    audit: Path | None = None,
    roster: Path | None = None,
) -> FastAPI:
    """The application over a record of people.

    Args:
        store: the address of the store; None is a file beside the record.
        settings: sign-in and CDS clients.
        audit: the audit log; None is a file beside the record.
        roster: a CSV file of dialysis units, shifts and chairs.
    """
    opened = open_record(record)
    address = store or store_beside(record)
    log = audit or audit_beside(record)

    def guarded(service: Service) -> Access:
        return hospital_access(settings, log, service.clock.now, service.link_of, service.store)

    hooks = hook_settings(reader, opened.manifest.time_zone)
    return application(
        opened, SystemClock(), reader, processes, changed_since, address, hooks, guarded, roster
    )


def application(
    record: Record,
    clock: Clock,
    reader: Reader,
    processes: int,
    changed_since: str | None,
    store: str,
    hooks: HookSettings | None = None,
    guarded: Callable[[Service], Access] | None = None,
    roster: Path | None = None,
) -> FastAPI:
    """Everything put together, and everybody judged once.

    Without `guarded` nobody signs in, which an invented record alone allows.
    """
    default = Preferences(lang=reader.lang, units=reader.units)
    opened = open_store(store)
    service = Service(record, believed(opened, load_knowledge()), clock, opened, roster)
    access = None if guarded is None else guarded(service)
    ward = Ward(service, default, changed_since=changed_since, processes=processes)
    ward.judge_everybody()
    joined = None if hooks is None else JoinedHooks(service, hooks)
    return create_app(service, ward, default, joined, access)
