"""The roster of the invented unit: the same chairs on every machine."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

import msgspec

from livedo.knowledge.files import read_file
from livedo.record.tables import PatientRecord

COLUMNS = ("person_id", "dialysis_unit", "shift", "chair")


class Home(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the shift of people at home is called, and by which concept they are known."""

    shift: str
    concept: str


class Chairs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`demo/roster.yaml`."""

    dialysis_units: tuple[str, ...]
    shifts: tuple[str, ...]
    home: Home


def roster_text(people: Iterable[PatientRecord]) -> str:
    """The roster as the CSV file that a unit would write."""
    chairs = read_file(Path(__file__).with_name("roster.yaml"), Chairs)
    taken: dict[tuple[str, str], int] = defaultdict(int)
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in sorted(people, key=lambda one: number_of(one.person.person_id)):
        if record.person.is_dead:
            continue
        writer.writerow((record.person.person_id, *_seat(record, chairs, taken)))
    return lines.getvalue()


def _seat(
    record: PatientRecord, chairs: Chairs, taken: dict[tuple[str, str], int]
) -> tuple[str, str, str]:
    number = number_of(record.person.person_id)
    unit = chairs.dialysis_units[number % len(chairs.dialysis_units)]
    if any(f.concept == chairs.home.concept and f.present == "yes" for f in record.facts):
        return unit, chairs.home.shift, ""
    shift = chairs.shifts[number // len(chairs.dialysis_units) % len(chairs.shifts)]
    taken[unit, shift] += 1
    return unit, shift, str(taken[unit, shift])


def number_of(person_id: str) -> int:
    """A number that is the same on every machine."""
    return int.from_bytes(blake2b(person_id.encode(), digest_size=8).digest(), "big")
