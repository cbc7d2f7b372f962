"""The invented dialysis unit, written as FHIR R4 NDJSON files, the same bytes each time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from livedo.demo.dirt import dirty_lines
from livedo.demo.laboratory import write_samples
from livedo.demo.people import Plan, plan_people
from livedo.demo.prescriptions import prescriptions_of
from livedo.demo.resources import TEST_DATA, Chart, Resource
from livedo.demo.settings import Settings, load_settings
from livedo.demo.skin import drugs_for_spell, write_skin


def write_unit(folder: Path) -> None:
    """Write one NDJSON file per resource type into the folder, which is made if need be."""
    settings = load_settings()
    lines: dict[str, list[bytes]] = {}
    for resource in unit_resources(settings):
        lines.setdefault(resource["resourceType"], []).append(msgspec.json.encode(resource))
    folder.mkdir(parents=True, exist_ok=True)
    for resource_type in sorted(lines.keys() | settings.dirt.keys()):
        clean = lines.get(resource_type, [])
        written = [*clean, *dirty_lines(resource_type, clean, settings)]
        (folder / f"{resource_type}.ndjson").write_bytes(b"\n".join(written) + b"\n")


def unit_resources(settings: Settings) -> Iterator[Resource]:
    """Every resource of every person, and the published case report as it was read."""
    for plan in plan_people(settings):
        yield from person_resources(plan, settings)
    for entry in penile_case()["entry"]:
        yield _as_test_data(entry["resource"])


def _as_test_data(resource: Resource) -> Resource:
    """The published case is no invention, but here it stands among people who are."""
    if resource["resourceType"] != "Patient":
        return resource
    return resource | {"meta": {"tag": [TEST_DATA]}}


def person_resources(plan: Plan, settings: Settings) -> list[Resource]:
    """One person's resources in the order in which they are written."""
    chart = Chart(plan, settings)
    died_on = plan.seen_until if plan.mark == "died" else None
    chart.patient(settings.unit.centre, died_on)
    _write_programme(chart, settings)
    for name in plan.conditions:
        chart.condition(name, _noted_on(plan, name))
    drugs = [*prescriptions_of(plan, settings), *drugs_for_spell(plan, settings)]
    for prescription in drugs:
        chart.prescription(prescription, settings.unit.until)
    traits = {*plan.conditions, plan.modality, "dialysis", *(drug.drug for drug in drugs)}
    write_samples(chart, settings, traits)
    write_skin(chart, settings)
    return chart.resources


def _noted_on(plan: Plan, condition: str) -> date:
    """When a lasting diagnosis was made: with the start of dialysis, or some years before."""
    earliest = max(plan.born, plan.dialysis_since.replace(year=plan.dialysis_since.year - 8, day=1))
    return plan.chance("noted", condition).day(earliest, plan.dialysis_since)


def _write_programme(chart: Chart, settings: Settings) -> None:
    """Dialysis from its start to its end, and coming to or leaving the unit."""
    plan = chart.plan
    ended = plan.transplanted_on or (plan.seen_until if plan.mark in ("died", "moved") else None)
    status = "completed" if ended is not None else "in-progress"
    chart.procedure(plan.modality, plan.dialysis_since, ended, status)
    if plan.transplanted_on is not None:
        chart.procedure("transplantation", plan.transplanted_on, plan.transplanted_on)
        chart.condition("kidney_transplant", plan.transplanted_on)
    if plan.seen_from > settings.unit.first:
        chart.procedure("joined", plan.seen_from, plan.seen_from)
    if plan.mark == "moved":
        chart.procedure("moved", plan.seen_until, plan.seen_until)


@cache
def penile_case() -> Mapping[str, Any]:
    """The case report of the review, as the FHIR Bundle that is shipped."""
    text = (files(__package__) / "cases" / "penile.json").read_text("utf-8")
    bundle: Mapping[str, Any] = json.loads(text)
    return bundle


def truth() -> dict[str, str]:
    """Who has what, for tests only: person id to the course told of them in courses.yaml.

    Nothing that reads or judges may ask this.
    """
    return {
        plan.person_id: "/".join(plan.course.split("/")[:2])
        for plan in plan_people(load_settings())
        if plan.course != "ordinary"
    }
