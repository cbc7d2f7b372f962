"""Starts the service: the invented unit, or a record of real people."""

from __future__ import annotations

import secrets
from pathlib import Path

from fastapi import FastAPI

from livedo import instants
from livedo.errors import SourceUnreadable
from livedo.instants import DAY
from livedo.knowledge.load import load_knowledge
from livedo.record.store import Record, open_record
from livedo.surfaces.options import Reader
from livedo.surfaces.web.app import create_app
from livedo.surfaces.web.clock import Clock, DemoClock, SystemClock
from livedo.surfaces.web.preferences import Preferences
from livedo.surfaces.web.service import Service
from livedo.surfaces.web.ward import Ward

COMPARED_DAYS = 28
"""The demo's list is compared with the round before."""


def demo_application(record: Path, reader: Reader, processes: int) -> FastAPI:
    """The application over the invented unit, with a clock that starts where its data end."""
    opened = open_record(record)
    newest = opened.newest_known_at
    if newest is None:
        raise SourceUnreadable("The record holds no dated fact", where=str(record))
    since = instants.iso_date(newest - COMPARED_DAYS * DAY)
    return application(opened, DemoClock(newest), reader, processes, since)


def record_application(
    record: Path, reader: Reader, processes: int, changed_since: str | None
) -> FastAPI:
    """The application over a record of people."""
    return application(open_record(record), SystemClock(), reader, processes, changed_since)


def application(
    record: Record, clock: Clock, reader: Reader, processes: int, changed_since: str | None
) -> FastAPI:
    """Everything put together, and everybody judged once."""
    default = Preferences(lang=reader.lang, units=reader.units)
    service = Service(record, load_knowledge(), clock, secrets.token_bytes(32))
    ward = Ward(service, default, changed_since=changed_since, processes=processes)
    ward.judge_everybody()
    return create_app(service, ward, default)
