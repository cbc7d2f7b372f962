"""What the record answers where one of several words is asked for, and since when.

Each function answers one word of `how`; its line says what the word means. Where the record
does not say there is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from livedo.knowledge.register import Choice, Field, Form, Prefill
from livedo.record.tables import Fact
from livedo.registry.answers import begun, first_since
from livedo.registry.asking import Asked, meant, table
from livedo.registry.dates import date_of, end_of_day
from livedo.registry.items import choice_of
from livedo.registry.reading import Reading, Said, holds_at, narrower, said

# -- the levels of certainty ---------------------------------------------------------------


def level(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """A recorded refutation where it is the newest word, else the surest level reached."""
    return _level(asked, field, lambda said_, on: said_)


def level_on(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The day on which that level was reached, or refuted."""
    return _level(asked, meant(form, field, prefill), lambda said_, on: on)


def _level(
    asked: Asked, field: Field, wanted: Callable[[Said | None, Said | None], Said | None]
) -> Said | None:
    for choice in reversed(field.choices):
        refuted = _refuted(asked.reading, choice)
        if refuted is not None:
            return wanted(said(choice.id, refuted), asked.reading.on(refuted))
        for reached in (asked.reached.get(one) for one in choice.of):
            if reached is not None:
                sources = reached.evidence or (f"definition:{reached.definition}/{reached.level}",)
                at = end_of_day(reached.on, asked.reading.zone)
                day = date_of(reached.on).isoformat()
                return wanted(Said(choice.id, sources, at), Said(day, sources, at))
    return None


def _refuted(reading: Reading, choice: Choice) -> Fact | None:
    """The fact that denies what the choice stands for, if nothing newer affirms it."""
    denied, affirmed = reading.denied(choice.refuted), reading.told(choice.refuted)
    if not denied or (affirmed and affirmed[-1].start_at > denied[-1].start_at):
        return None
    return denied[-1]


# -- choices -------------------------------------------------------------------------------


def choice_ever(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The first choice that was ever so."""
    for choice in field.choices:
        facts = asked.reading.told(choice.of)
        if facts:
            return said(choice.id, facts[0])
    return None


def choice_since_sign(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The choice whose diagnosis came first between the first sign and the diagnosis."""
    found = _first_choice(asked, field)
    return None if found is None else said(found[0].id, found[1])


def choice_since_sign_on(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """When that diagnosis was made."""
    found = _first_choice(asked, meant(form, field, prefill))
    return None if found is None else asked.reading.on(found[1])


def _first_choice(asked: Asked, field: Field) -> tuple[Choice, Fact] | None:
    first: tuple[Choice, Fact] | None = None
    for choice in field.choices:
        fact = first_since(asked, choice.of, asked.diagnosis)
        if fact is not None and (first is None or begun(fact) < begun(first[1])):
            first = (choice, fact)
    return first


def choice_at_diagnosis(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The first choice that held on the day of the diagnosis."""
    reading, at = asked.reading, asked.diagnosis
    for choice in field.choices:
        held = [f for f in reading.told(choice.of) if holds_at(f, at, reading.as_of)]
        if held:
            return said(choice.id, held[-1])
    return None


def newest_at_diagnosis(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Of the choices that held on the day of the diagnosis, the one that began last."""
    run = _runs(asked, field, prefill)
    return said(run[-1][0], *run[-1][1][-1:]) if run and _still_holds(asked, run[-1][1]) else None


def newest_since(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """When the one of `newest_at_diagnosis` began."""
    run = _runs(asked, meant(form, field, prefill), prefill)
    return asked.reading.on(run[-1][1][0]) if run and _still_holds(asked, run[-1][1]) else None


def newest_before(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The choice before the one of `newest_at_diagnosis`."""
    run = _runs(asked, meant(form, field, prefill), prefill)
    if len(run) < 2 or not _still_holds(asked, run[-1][1]):
        return None
    return said(run[-2][0], run[-2][1][-1])


def _still_holds(asked: Asked, facts: Sequence[Fact]) -> bool:
    return any(holds_at(fact, asked.diagnosis, asked.reading.as_of) for fact in facts)


def _runs(asked: Asked, field: Field, prefill: Prefill) -> list[tuple[str, list[Fact]]]:
    """What held one after the other up to the diagnosis, each with its facts."""
    reading = asked.reading
    but = narrower(reading.vocabulary, prefill.unless)
    facts = reading.told(tuple(concept for choice in field.choices for concept in choice.of))
    runs: list[tuple[str, list[Fact]]] = []
    for fact in facts:
        choice = choice_of(fact.concept, field.choices, reading)
        if choice is None or fact.concept in but or fact.start_at > asked.diagnosis:
            continue
        if runs and runs[-1][0] == choice.id:
            runs[-1][1].append(fact)
        else:
            runs.append((choice.id, [fact]))
    return runs


CHOICE_ANSWERS = table(
    choice_at_diagnosis,
    choice_ever,
    choice_since_sign,
    choice_since_sign_on,
    level,
    level_on,
    newest_at_diagnosis,
    newest_before,
    newest_since,
)
