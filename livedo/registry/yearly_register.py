"""How the register is kept: completeness, follow-up, readers, first wrong diagnoses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import msgspec

from livedo.decisions.entries import Entry
from livedo.instants import Instant
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.spill import bucket_of
from livedo.record.store import Record
from livedo.record.tables import PatientRecord
from livedo.registry.adjudication import readings
from livedo.registry.agreement import Kappa, agreement
from livedo.registry.by_bucket import over_buckets
from livedo.registry.case import Day, Reached
from livedo.registry.cases import CasesFound, patients_of
from livedo.registry.completeness import FieldCount, completeness
from livedo.registry.disclosure import Sum, nested
from livedo.registry.follow_up import followed, visit_counts
from livedo.registry.form import CaseForm, filled, outside_the_record
from livedo.registry.yearly_occurrence import Shown
from livedo.registry.yearly_parts import Estimate, Named, Register

BLANK = "unknown"
"""Said to be unknown, or not said: nobody knows what it was first called."""


class KeptRegister(msgspec.Struct, frozen=True, kw_only=True):
    """True counts of the register by name, their sums, and the agreement of its readers."""

    cells: dict[str, int]
    sums: tuple[Sum, ...]
    fields: tuple[str, ...]
    visits: tuple[str, ...]
    wrong: tuple[str, ...]
    readers: Kappa


def kept_register(
    record: Record,
    entries: Sequence[Entry],
    found: CasesFound,
    as_of: Instant,
    today: Day,
    *,
    processes: int = 1,
) -> KeptRegister:
    """Every case about which something was entered and still stands; who was withdrawn is none."""
    reached = {case.person_id: case.reached for case in found.cases}
    task = _Task(
        entries={id: own for id, own in _reported(entries).items() if id in reached},
        reached=reached,
        as_of=as_of,
        time_zone=record.manifest.time_zone,
    )
    forms = _forms(record, task, processes)
    cells = {"register.cases": len(found.cases), "register.entered": len(forms)}
    sums = [nested("register.cases", "register.entered")]
    fields = _fields(forms, cells, sums)
    visits = _visits(forms, today, cells, sums)
    wrong = _wrong(forms, cells, sums)
    kappa = agreement(readings(entries)).verdict
    cells |= {"readers.read": kappa.pairs, "readers.agreed": kappa.agreed}
    sums.append(nested("readers.read", "readers.agreed"))
    return KeptRegister(
        cells=cells, sums=tuple(sums), fields=fields, visits=visits, wrong=wrong, readers=kappa
    )


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    """Some people of whom a case was reported, and what a process needs to fill their forms."""

    entries: dict[str, list[Entry]]
    reached: dict[str, tuple[Reached, ...]]
    as_of: Instant
    time_zone: str

    def of(self, people: Collection[str]) -> _Task:
        """The same for some of them."""
        return _Task(
            entries={id: self.entries[id] for id in people},
            reached={id: self.reached[id] for id in people if id in self.reached},
            as_of=self.as_of,
            time_zone=self.time_zone,
        )


def _forms(record: Record, task: _Task, processes: int) -> list[CaseForm]:
    """The form of everybody of whom something was entered, in the order of their ids."""
    buckets: dict[int, list[str]] = {}
    for person_id in task.entries:
        number = bucket_of(person_id) % max(record.bucket_count(), 1)
        buckets.setdefault(number, []).append(person_id)

    def own(number: int) -> _Task:
        return task.of(buckets.get(number, ()))

    parts = over_buckets(_of_bucket, record, own, processes)
    found = {form.person_id: form for part in parts for form in part}
    for person_id in task.entries.keys() - found.keys():
        found[person_id] = _form(outside_the_record(person_id), task)
    return [found[person_id] for person_id in sorted(found) if found[person_id].is_entered]


def _of_bucket(record: Record, number: int, task: _Task) -> list[CaseForm]:
    return [_form(patient, task) for patient in patients_of(record, number, set(task.entries))]


def _form(patient: PatientRecord, task: _Task) -> CaseForm:
    person_id = patient.person.person_id
    return filled(
        patient,
        task.entries[person_id],
        task.as_of,
        vocabulary=load_vocabulary(),
        time_zone=task.time_zone,
        reached=task.reached.get(person_id, ()),
    )


def _reported(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Everything entered about those of whom a case was reported."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.person_id is not None:
            found.setdefault(entry.person_id, []).append(entry)
    return {id: own for id, own in found.items() if any(e.kind == "case_report" for e in own)}


def _fields(forms: Sequence[CaseForm], cells: dict[str, int], sums: list[Sum]) -> tuple[str, ...]:
    """Required fields: answered or said to be unknown, of those asked."""
    counts = [one for form in completeness(forms).forms for one in form.fields if one.is_required]
    for one in counts:
        stem = f"field.{one.form}.{one.field}"
        cells[f"{stem}.filled"], cells[f"{stem}.asked"] = _filled(one)
        sums.append(nested(f"{stem}.asked", f"{stem}.filled"))
    return tuple(f"{one.form}.{one.field}" for one in counts)


def _filled(one: FieldCount) -> tuple[int, int]:
    said = one.answered + one.unknown
    return said, said + one.blank


def _visits(
    forms: Sequence[CaseForm], today: Day, cells: dict[str, int], sums: list[Sum]
) -> tuple[str, ...]:
    """Visits made, of those that should have been made by now."""
    counts = visit_counts(followed(form, today) for form in forms)
    for one in counts:
        cells[f"visit.{one.id}.done"], cells[f"visit.{one.id}.due"] = one.done, one.expected
        sums.append(nested(f"visit.{one.id}.due", f"visit.{one.id}.done"))
    return tuple(one.id for one in counts)


def _wrong(forms: Sequence[CaseForm], cells: dict[str, int], sums: list[Sum]) -> tuple[str, ...]:
    """What it was first called, most frequent first; a blank is nobody knows."""
    counts = Counter(form.text("case", "first_wrong_diagnosis") or BLANK for form in forms)
    order = sorted(counts, key=lambda id: (id == BLANK, -counts[id], id))
    for id in order:
        cells[f"wrong.{id}"] = counts[id]
    if order:
        sums.append(Sum("register.entered", tuple(f"wrong.{id}" for id in order)))
    return tuple(order)


# -- as it may be shown --------------------------------------------------------------------


def register_shown(kept: KeptRegister, shown: Shown) -> Register:
    """The same from counts that may be shown."""
    return Register(
        cases=shown["register.cases"],
        entered=shown["register.entered"],
        fields=tuple(_named(f"field.{id}", id, "filled", "asked", shown) for id in kept.fields),
        follow_up=tuple(_named(f"visit.{id}", id, "done", "due", shown) for id in kept.visits),
        readers=tuple(
            Named(id=id, count=shown[f"readers.{id}"])
            for id in ("read", "agreed")
            if kept.readers.pairs
        ),
        kappa=_kappa(kept.readers, shown),
    )


def _named(stem: str, id: str, part: str, whole: str, shown: Shown) -> Named:
    return Named(id=id, count=shown[f"{stem}.{part}"], of=shown[f"{stem}.{whole}"])


def _kappa(kappa: Kappa, shown: Shown) -> Estimate | None:
    """Kappa needs every cell of the table of both readers, so it is given with the control off."""
    if shown.policy.is_on or kappa.value is None:
        return None
    return Estimate(value=kappa.value, low=kappa.low, high=kappa.high, method="cohen")


def wrong_shown(kept: KeptRegister, shown: Shown) -> tuple[Named, ...]:
    """What it was first called, as it may be shown: shown numbers first, hidden ones by name."""
    found = [Named(id=id, count=shown[f"wrong.{id}"]) for id in kept.wrong]
    return tuple(sorted(found, key=_by_size))


def _by_size(named: Named) -> tuple[bool, bool, int, str]:
    # The order of hidden counts would tell which is the larger.
    is_hidden = not isinstance(named.count, int)
    size = named.count if isinstance(named.count, int) else 0
    return named.id == BLANK, is_hidden, -size, named.id
