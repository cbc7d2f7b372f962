"""A centre's own numbers in the service: entered by a steward, judged by at once, never lost.

One running service is one centre: its numbers hold for everybody of its record. Every change
is an entry of the store; withdrawing one undoes its entry, and both stay in the history.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import msgspec

from livedo import instants
from livedo.act.effect import Effect, effect_of
from livedo.assess.engine_python import PythonEngine
from livedo.decisions.entries import Dismissed, Entry, Feedback, NewEntry, Undone, standing
from livedo.decisions.entries import Override as OverrideBody
from livedo.errors import OverrideRefused
from livedo.instants import Instant
from livedo.knowledge.load import Knowledge
from livedo.knowledge.overrides import Override, Refusal, shipped, those_that_fit, with_overrides
from livedo.surfaces.web.gate import User
from livedo.surfaces.web.service import Service, own_id, same_again
from livedo.surfaces.web.ward import Ward


class Entries(Protocol):
    """What is asked of the store of what people entered."""

    def add(self, entries: Sequence[NewEntry]) -> list[Entry]:
        """Keeps entries; durable when it returns."""

    def of_kind(self, *kinds: str) -> list[Entry]:
        """Every entry of these kinds and every undoing, in order."""


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a rule's number, as the history tells it."""

    entry_id: str
    override: Override
    at: Instant
    in_force: bool
    refusal: Refusal | None = None
    """Why it is not used although it stands: a newer version of the rule no longer allows it."""
    withdrawn_by: str = ""
    withdrawn_at: Instant | None = None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What people did with what one rule said."""

    outcomes: tuple[tuple[str, int], ...] = ()
    """Cards of the record system: accepted, overridden ..."""
    override_reasons: tuple[tuple[str, int], ...] = ()
    dismissals: tuple[tuple[str, int], ...] = ()
    """Dismissed on the worklist, by reason."""

    def __bool__(self) -> bool:
        return bool(self.outcomes or self.dismissals)


class Centre:
    """The numbers that the centre changed, and who may see what they do."""

    def __init__(self, service: Service, ward: Ward) -> None:
        self.service = service
        self.ward = ward
        self.entries: Entries = service.store
        self._lock = threading.Lock()
        """One change after the other: each is judged before the next is taken."""
        self.refused: tuple[Refusal, ...] = ()

    # -- what stands -------------------------------------------------------------------------

    def take_up(self) -> bool:
        """Judges by what stands in the store; whether that changed anything."""
        fitting = those_that_fit(self.service.knowledge, self._standing())
        self.refused = fitting.refused
        if fitting.knowledge.version == self.service.knowledge.version:
            return False
        self.service.knowledge_changed(fitting.knowledge)
        self.ward.judge_everybody()
        return True

    def _standing(self) -> list[Override]:
        return [as_override(entry) for entry in in_force(self.entries).values()]

    def history(self, rule_id: str) -> list[Past]:
        """Every change of a rule's numbers, the newest first."""
        every = self.entries.of_kind("override")
        used = {entry.entry_id for entry in in_force(self.entries).values()}
        still = {entry.entry_id for entry in standing(every)}
        undone_by = {entry.undoes: entry for entry in every if entry.undoes is not None}
        refused = {(r.override.rule, r.override.field): r for r in self.refused}
        found = []
        for entry in reversed(every):
            body = entry.body
            if not isinstance(body, OverrideBody) or body.rule != rule_id:
                continue
            undone = None if entry.entry_id in still else undone_by.get(entry.entry_id)
            is_in_force = entry.entry_id in used
            found.append(
                Past(
                    entry_id=entry.entry_id,
                    override=as_override(entry),
                    at=entry.entered_at,
                    in_force=is_in_force,
                    refusal=refused.get((body.rule, body.field)) if is_in_force else None,
                    withdrawn_by="" if undone is None else undone.entered_by,
                    withdrawn_at=None if undone is None else undone.entered_at,
                )
            )
        return found

    # -- changes -----------------------------------------------------------------------------

    def proposed(self, override: Override) -> Knowledge:
        """The knowledge with one more override.

        Raises:
            OverrideRefused: it cannot be used; `refusal_of` says why in the reader's language.
        """
        others = [each for each in self._standing() if _number(each) != _number(override)]
        kept = those_that_fit(self.service.knowledge, others).knowledge.overrides
        return with_overrides(self.service.knowledge, [*kept, override])

    def refusal_of(self, override: Override) -> Refusal | None:
        """Why an override cannot be used, if it cannot."""
        refused = those_that_fit(shipped(self.service.knowledge), [override]).refused
        return refused[0] if refused else None

    def without(self, rule_id: str, field: str) -> Knowledge:
        """The knowledge once one number is as it was shipped."""
        kept = [each for each in self._standing() if _number(each) != (rule_id, field)]
        return those_that_fit(self.service.knowledge, kept).knowledge

    def effect(self, knowledge: Knowledge, *, with_ids: bool = False) -> Effect:
        """What other knowledge would change for everybody of the record, at the list's moment."""
        service = self.service
        people = (service.patient(person_id) for person_id in service.person_ids())
        after = PythonEngine(knowledge)
        return effect_of(people, service.engine, after, service.judged_at, with_ids=with_ids)

    def save(self, override: Override, user: User, entry_id: str) -> None:
        """Keeps a change and judges everybody by it; asking twice is once.

        Raises:
            OverrideRefused: it cannot be used; nothing is kept.
        """
        body = OverrideBody(
            rule=override.rule,
            field=override.field,
            value=override.value,
            reason=override.reason,
            centre=override.centre,
        )
        with self._lock:
            self.proposed(override)
            self._keep(body, user, entry_id)
            self.take_up()

    def withdraw(self, rule_id: str, undoes: str, user: User, entry_id: str) -> None:
        """Undoes a change; the number before it counts again, and both stay in the history.

        Raises:
            OverrideRefused: there is no such change of this rule.
        """
        with self._lock:
            past = {each.entry_id: each for each in self.history(rule_id)}
            if undoes not in past:
                raise OverrideRefused(
                    "There is no such change of this rule to withdraw.",
                    still_works="Nothing was changed.",
                    next_step="The history of the rule lists every change.",
                )
            if past[undoes].withdrawn_at is None:
                self._keep(Undone(), user, entry_id, undoes)
            self.take_up()

    def _keep(
        self, body: OverrideBody | Undone, user: User, entry_id: str, undoes: str | None = None
    ) -> None:
        """Keeps an entry; a form sent twice is one, a form gone back to and changed another."""
        kept = self.entries.of_kind("override")
        if same_again(kept, entry_id, body, undoes) is not None:
            return
        newest = max((entry.entered_at for entry in kept), default=0)
        entry = NewEntry(
            entry_id=own_id(kept, entry_id),
            person_id=None,
            kind="override" if undoes is None else "undone",
            entered_at=max(self.service.clock.now(), newest + 1),
            entered_by=author_of(user),
            body=body,
            undoes=undoes,
        )
        self.entries.add([entry])

    # -- what people did with it -------------------------------------------------------------

    def figures(self, rule_id: str) -> Figures:
        """How often what the rule said was taken, set aside or dismissed."""
        outcomes: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        dismissals: Counter[str] = Counter()
        for entry in standing(self.entries.of_kind("feedback", "dismissed")):
            body = entry.body
            if isinstance(body, Feedback) and body.rule == rule_id:
                outcomes[body.outcome] += 1
                reasons.update(body.override_reasons)
            elif isinstance(body, Dismissed) and rule_id in body.rules:
                dismissals[body.reason] += 1
        return Figures(
            outcomes=_counted(outcomes),
            override_reasons=_counted(reasons),
            dismissals=_counted(dismissals),
        )


def in_force(entries: Entries) -> dict[tuple[str, str], Entry]:
    """The last standing entry of each number; one without a value goes back to the shipped."""
    last: dict[tuple[str, str], Entry] = {}
    for entry in standing(entries.of_kind("override")):
        body = entry.body
        if isinstance(body, OverrideBody):
            last[body.rule, body.field] = entry
    return {key: entry for key, entry in last.items() if _body(entry).value is not None}


def believed(entries: Entries, knowledge: Knowledge) -> Knowledge:
    """The knowledge with the centre's numbers that stand in a store and can be used."""
    overrides = [as_override(entry) for entry in in_force(entries).values()]
    return those_that_fit(knowledge, overrides).knowledge


def author_of(user: User) -> str:
    """Who is named as the author of a change."""
    return user.label or user.name


def as_override(entry: Entry) -> Override:
    """The override of an entry, with its author and the day on which it was entered."""
    body = _body(entry)
    return Override(
        rule=body.rule,
        field=body.field,
        value="" if body.value is None else str(body.value),
        reason=body.reason,
        by=entry.entered_by,
        on=instants.iso_date(entry.entered_at),
        centre=body.centre,
    )


def _body(entry: Entry) -> OverrideBody:
    assert isinstance(entry.body, OverrideBody)
    return entry.body


def _number(override: Override) -> tuple[str, str]:
    return override.rule, override.field


def _counted(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
