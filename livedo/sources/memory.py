"""A sink that keeps a few patients in memory, and the plain form of settling accounts.

Settling removes duplicates and older versions, sets aside what is about a person
nobody described, fills in the newest known moment, and marks results far from a
person's own series. The columns of `livedo.record` do the same for many people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from livedo.record.tables import (
    Fact,
    Instant,
    Note,
    Observed,
    PatientRecord,
    Person,
    SetAside,
)
from livedo.sources.intake import (
    FATES,
    KEPT,
    NEWEST,
    NO_VERSION,
    RESULT_FIELDS,
    STAND_INS,
    UNKNOWN_PATIENT,
    USED,
    Declared,
    Ledger,
    ResultRow,
    Totals,
    Versions,
    ends_in_the_past,
)
from livedo.sources.series import mark_outliers


class MemorySink:
    """Implements `livedo.sources.intake.Sink` with lists."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.versions = Versions()
        self.persons: list[tuple[int, Person]] = []
        self.facts: list[tuple[int, Fact]] = []
        self.notes: list[tuple[int, Note]] = []
        self.spans: list[Observed] = []
        self.broken: list[tuple[int, str, str]] = []
        self._used_outside = 0

    def opened(self, source: str) -> None:
        """Remembers the file."""
        self.versions.opened(source)

    def begin(
        self, key: int, content: int, updated_at: int = NO_VERSION, number: int = NO_VERSION
    ) -> None:
        """Opens the next resource."""
        self.versions.begin(key, content, updated_at, number)

    @property
    def _ordinal(self) -> int:
        return len(self.versions) - 1

    def took_in(self, count: int = 1) -> None:
        """Counts items met."""
        self.ledger.total_in += count

    def used(self, count: int = 1) -> None:
        """Counts items used, on the present resource."""
        if self._ordinal < 0:
            self._used_outside += count
        else:
            self.versions.use(count)

    def results(self, rows: Sequence[ResultRow], source_name: str) -> None:
        """Opens a resource for each row, uses its one item, and keeps its fact."""
        for row in rows:
            fields: dict[str, Any] = dict(zip(RESULT_FIELDS, row[4:], strict=True))
            held_at = {"end_from": fields["start_at"], "end_at": fields["start_at"]}
            self.begin(*row[:4])
            self.took_in()
            self.used()
            self.fact(Fact(fact_id=row[0], source=source_name, **fields, **held_at))

    def set_aside(self, line: SetAside) -> None:
        """Counts an item set aside."""
        self.ledger.set_aside(line)

    def person(self, person: Person) -> None:
        """Keeps a person."""
        self.persons.append((self._ordinal, person))

    def fact(self, fact: Fact) -> None:
        """Keeps a fact."""
        self.facts.append((self._ordinal, fact))

    def note(self, note: Note) -> None:
        """Keeps a note."""
        self.notes.append((self._ordinal, note))

    def observed(self, observed: Observed) -> None:
        """Keeps a declared span."""
        self.spans.append(observed)

    def unreadable(self, person_id: str, domain: str) -> None:
        """Remembers that silence means nothing for this person and domain."""
        self.broken.append((self._ordinal, person_id, domain))

    def settle(self, declared: Iterable[Declared] = ()) -> Settled:
        """What remains when every source is read. The sink is used up by it."""
        return _Settlement(self, tuple(declared)).settled()

    @property
    def used_outside(self) -> int:
        """Items used that belong to no announced resource."""
        return self._used_outside


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """The patients of a source, and the account of everything else."""

    patients: tuple[PatientRecord, ...]
    newest_known_at: Instant | None
    ledger: Ledger
    totals: Totals


class _Settlement:
    def __init__(self, sink: MemorySink, declared: tuple[Declared, ...]) -> None:
        self.sink = sink
        self.declared = declared
        self.fates = sink.versions.fates()
        self.used = sink.versions.column(USED)
        self.persons = {p.person_id: p for n, p in sink.persons if self._is_kept(n)}
        self.facts = [f for n, f in sink.facts if self._stays(n, f.person_id)]
        self.notes = [t for n, t in sink.notes if self._stays(n, t.person_id)]
        self.broken = {(p, domain) for n, p, domain in sink.broken if self._is_kept(n)}

    def _is_kept(self, ordinal: int) -> bool:
        return ordinal < 0 or self.fates[ordinal] == KEPT

    def _stays(self, ordinal: int, person_id: str) -> bool:
        return self._is_kept(ordinal) and person_id in self.persons

    def settled(self) -> Settled:
        lost = self._of_unknown_people()
        used = self.sink.used_outside + sum(
            count for n, count in enumerate(self.used) if self.fates[n] == KEPT and n not in lost
        )
        self._account_for(lost)
        newest = newest_known(self.facts, self.persons.values(), self.notes)
        return Settled(
            patients=tuple(self._patients(newest)),
            newest_known_at=newest,
            ledger=self.sink.ledger,
            totals=self.sink.ledger.totals(used),
        )

    def _of_unknown_people(self) -> dict[int, str]:
        """Resources that yielded rows about people of whom there is no Patient."""
        named = [(n, f.person_id, f.source_id) for n, f in self.sink.facts]
        named += [(n, t.person_id, t.note_id) for n, t in self.sink.notes]
        return {
            n: name
            for n, person_id, name in reversed(named)
            if n >= 0 and self._is_kept(n) and person_id not in self.persons
        }

    def _account_for(self, of_unknown_people: dict[int, str]) -> None:
        names = {n: f.source_id for n, f in reversed(self.sink.facts)}
        names |= {n: f"Patient/{p.person_id}" for n, p in self.sink.persons}
        for ordinal, fate in enumerate(self.fates):
            if fate != KEPT:
                self._set_aside(ordinal, names.get(ordinal, ""), FATES[fate])
        for ordinal, name in sorted(of_unknown_people.items()):
            self._set_aside(ordinal, name, UNKNOWN_PATIENT)

    def _set_aside(self, ordinal: int, item: str, reason: str) -> None:
        if count := self.used[ordinal]:
            source = self.sink.versions.file_of(ordinal)
            line = SetAside(source=source, item=item, path="", reason=reason, count=count)
            self.sink.set_aside(line)

    def _patients(self, newest: Instant | None) -> Iterator[PatientRecord]:
        facts: dict[str, list[Fact]] = defaultdict(list)
        notes: dict[str, list[Note]] = defaultdict(list)
        spans: dict[str, list[Observed]] = defaultdict(list)
        for fact in self.facts:
            facts[fact.person_id].append(_dated(fact, newest))
        for note in self.notes:
            notes[note.person_id].append(note)
        for span in self.sink.spans:
            spans[span.person_id].append(span)
        for person_id in sorted(self.persons):
            yield PatientRecord(
                person=self.persons[person_id],
                facts=tuple(mark_outliers(sorted(facts[person_id], key=_fact_order))),
                observed=tuple(self._observed(person_id, spans[person_id])),
                notes=tuple(sorted(notes[person_id], key=lambda n: (n.written_at, n.note_id))),
            )

    def _observed(self, person_id: str, own: list[Observed]) -> list[Observed]:
        spans = own + [span.of(person_id) for span in self.declared]
        kept = [span for span in spans if (person_id, span.domain) not in self.broken]
        return sorted(kept, key=lambda span: (span.domain, span.from_at, span.to_at))


def _fact_order(fact: Fact) -> tuple[str, int, int]:
    return (fact.concept, fact.start_at, fact.fact_id)


def _dated(fact: Fact, newest: Instant | None) -> Fact:
    """The fact with the newest known moment in place of what stands for it."""
    moment = newest or 0
    stands = {name: moment for name in STAND_INS if getattr(fact, name) == NEWEST}
    return msgspec.structs.replace(fact, **stands) if stands else fact


def newest_known(
    facts: Iterable[Fact], persons: Iterable[Person], notes: Iterable[Note]
) -> Instant | None:
    """The newest moment of which the source knows anything."""
    moments = [fact.known_at for fact in facts]
    moments += [fact.end_at for fact in facts if fact.end_at and ends_in_the_past(fact.concept)]
    moments += [person.died_on for person in persons if person.died_on is not None]
    moments += [note.known_at for note in notes]
    return max((moment for moment in moments if moment != NEWEST), default=None)
