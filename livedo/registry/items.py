"""What the record holds several of: lesions, courses of drugs, results, tests.

Every item has keys, the first its own, and a moment since which the record has known it: by
these the form finds it again, whatever else the record comes to know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo

import msgspec

from livedo.assess.evidence import fact_reference
from livedo.instants import Instant
from livedo.knowledge.register import Choice, Field, Form, Items
from livedo.record.tables import Fact
from livedo.registry.case import Span
from livedo.registry.dates import end_of_day, start_of_day
from livedo.registry.lesions import Lesions
from livedo.registry.reading import Reading, exact, narrower


class Anchors(msgspec.Struct, frozen=True):
    """The two days the form is about: as entered, else as the record has them."""

    sign: Span | None = None
    diagnosed: Span | None = None
    since_sign: Instant | None = None
    """The first instant of the day of the first sign."""
    until_diagnosis: Instant | None = None
    """The last instant of the day of the diagnosis."""

    @classmethod
    def on(cls, sign: Span | None, diagnosed: Span | None, *, zone: tzinfo) -> Anchors:
        """The anchors of two days."""
        since = None if sign is None else start_of_day(sign.first, zone)
        until = None if diagnosed is None else end_of_day(diagnosed.last, zone)
        return cls(sign=sign, diagnosed=diagnosed, since_sign=since, until_diagnosis=until)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One lesion, course, result or test. `facts` are oldest first and never empty."""

    keys: tuple[str, ...]
    since: Instant
    facts: tuple[Fact, ...]
    choice: str = ""
    moment: str = ""
    place: int | None = None
    """The number it would have if it could choose."""


def items_of(form: Form, reading: Reading, anchors: Anchors) -> list[Item]:
    """What the record holds that a form is asked once for."""
    if form.prefill is None:
        return []
    return MAKERS[form.prefill.how](form, form.prefill, reading, anchors)


# -- lesions -------------------------------------------------------------------------------


def lesions(form: Form, items: Items, reading: Reading, anchors: Anchors) -> list[Item]:
    """The suspicious lesions: those of which a named sign was ever recorded."""
    return suspicious(items, reading)


def suspicious(asked: Items, reading: Reading) -> list[Item]:
    """Lesions with one of these signs; `or_of` counts where no other cause is recorded."""
    key = ("suspicious", asked.of, asked.or_of, asked.unless)
    if key not in reading.kept:
        reading.kept[key] = _suspicious(asked, reading)
    found: list[Item] = reading.kept[key]
    return found


def _suspicious(asked: Items, reading: Reading) -> list[Item]:
    counts = asked.of if reading.told(asked.unless) else (*asked.of, *asked.or_of)
    signs = frozenset(narrower(reading.vocabulary, counts))
    found = []
    for keys, facts in Lesions(asked, reading).groups().items():
        known = [fact.known_at for fact in facts if fact.concept in signs]
        if known:
            found.append(Item(keys=keys, since=min(known), facts=tuple(facts)))
    return found


# -- drugs ---------------------------------------------------------------------------------


def drug_courses(form: Form, items: Items, reading: Reading, anchors: Anchors) -> list[Item]:
    """Each time without a gap in which one drug was given by one route."""
    field = _choosing(form)
    found: list[Item] = []
    for concept in sorted(reading.concepts):
        choice = choice_of(concept, field.choices, reading) if concept.startswith("drug.") else None
        if choice is not None:
            courses = _courses(reading.facts_of(concept), reading.as_of)
            found.extend(_course(course, choice.id) for course in courses)
    return found


def _courses(facts: Sequence[Fact], as_of: Instant) -> list[list[Fact]]:
    """Facts of one drug that follow each other without a gap, by route."""
    courses: dict[str | None, list[list[Fact]]] = {}
    for fact in facts:
        mine = courses.setdefault(fact.route, [])
        if mine and any(_reaches(before, fact, as_of) for before in mine[-1]):
            mine[-1].append(fact)
        else:
            mine.append([fact])
    return [course for route in sorted(courses, key=str) for course in courses[route]]


def _reaches(before: Fact, fact: Fact, as_of: Instant) -> bool:
    # A day ends one microsecond before the next begins; that is no gap.
    return before.end_at is None or before.end_at > as_of or fact.start_from <= before.end_at + 1


def _course(facts: Sequence[Fact], choice: str) -> Item:
    by_known = sorted(facts, key=lambda fact: (fact.known_at, fact.fact_id))
    return Item(
        keys=tuple(map(fact_reference, by_known)),
        since=by_known[0].known_at,
        facts=tuple(facts),
        choice=choice,
    )


# -- results -------------------------------------------------------------------------------


def results_at_moments(form: Form, items: Items, reading: Reading, anchors: Anchors) -> list[Item]:
    """Of each series: the last result before the first sign, that of the diagnosis, the newest."""
    found = []
    field = _choosing(form)
    for number, choice in enumerate(field.choices):
        results = [fact for fact in reading.told(choice.of) if is_number(fact)]
        for place, (moment, fact) in enumerate(_at_moments(results, reading, anchors)):
            if fact is not None:
                found.append(
                    Item(
                        keys=(f"{choice.id}/{moment}",),
                        since=min(result.known_at for result in results),
                        facts=(fact,),
                        choice=choice.id,
                        moment=moment,
                        place=number * len(MOMENTS) + place + 1,
                    )
                )
    return found


MOMENTS = ("first_sign", "diagnosis", "newest")
"""Moments of a series, as the choices of the form name them."""


def _at_moments(
    results: Sequence[Fact], reading: Reading, anchors: Anchors
) -> list[tuple[str, Fact | None]]:
    before = None if anchors.since_sign is None else anchors.since_sign - 1
    first, second = _last(results, before), _last(results, anchors.until_diagnosis)
    newest = _last(results, reading.as_of)
    # A result that stands for the first sign or the diagnosis is not told again as the newest.
    is_told = newest is first or newest is second
    return list(zip(MOMENTS, (first, second, None if is_told else newest), strict=True))


def _last(results: Sequence[Fact], until: Instant | None) -> Fact | None:
    if until is None:
        return None
    return next((fact for fact in reversed(results) if fact.start_at <= until), None)


def results_by_quarter(form: Form, items: Items, reading: Reading, anchors: Anchors) -> list[Item]:
    """Of each series: the last result of every quarter of a year."""
    quarters: dict[tuple[str, str], list[Fact]] = {}
    for choice in _choosing(form).choices:
        for fact in reading.told(choice.of):
            if exact(fact) is not None and (quarter := _quarter(reading.start(fact))):
                quarters.setdefault((choice.id, quarter), []).append(fact)
    return [
        Item(
            keys=(f"{choice}/{quarter}",),
            since=min(fact.known_at for fact in facts),
            facts=(facts[-1],),
            choice=choice,
        )
        for (choice, quarter), facts in quarters.items()
    ]


def _quarter(text: str) -> str:
    """The quarter of a day or month; blank for less exact dates."""
    year, _, rest = text.partition("-")
    return f"{year}-Q{(int(rest[:2]) + 2) // 3}" if rest else ""


def is_number(fact: Fact) -> bool:
    """Whether a result gives a number, or one limit of it."""
    return exact(fact) is not None or (fact.low is None) is not (fact.high is None)


# -- tests ---------------------------------------------------------------------------------


def tests(form: Form, items: Items, reading: Reading, anchors: Anchors) -> list[Item]:
    """Each test of one kind on one day at one place."""
    found = []
    for choice in _choosing(form).choices:
        for key, facts in _samples(choice, reading).items():
            since = min(fact.known_at for fact in facts)
            found.append(Item(keys=(key,), since=since, facts=tuple(facts), choice=choice.id))
    return found


def _samples(choice: Choice, reading: Reading) -> dict[str, list[Fact]]:
    """The facts of one kind of test by day; those without a place belong to the day's first."""
    said = [*reading.told(choice.of), *_findings_denied(choice, reading)]
    placed: dict[str, str] = {}
    samples: dict[str, list[Fact]] = {}
    for fact in sorted(said, key=lambda fact: (fact.start_at, not fact.body_site, fact.fact_id)):
        if day := reading.start(fact):
            key = f"{choice.id}/{day}"
            if fact.body_site and placed.setdefault(key, fact.body_site) != fact.body_site:
                key = f"{key}/{fact.body_site}"
            samples.setdefault(key, []).append(fact)
    return samples


def _findings_denied(choice: Choice, reading: Reading) -> Iterable[Fact]:
    """What was looked for and not found; a test that was not done is none."""
    findings = tuple(one for one in choice.of if reading.vocabulary.concept(one).kind == "finding")
    return reading.denied(findings)


# -- choices -------------------------------------------------------------------------------


def choice_of(concept: str, choices: Sequence[Choice], reading: Reading) -> Choice | None:
    """The first choice that stands for a concept or for one above it."""
    lineage = frozenset(reading.vocabulary.ancestors(concept))
    return next((choice for choice in choices if not lineage.isdisjoint(choice.of)), None)


def _choosing(form: Form) -> Field:
    """The field that says which of the choices an item is."""
    return next(
        field
        for field in form.fields
        if field.prefill is not None and field.prefill.how == "item_choice"
    )


_Maker = Callable[[Form, Items, Reading, Anchors], list[Item]]
MAKERS: dict[str, _Maker] = {
    "lesions": lesions,
    "drug_courses": drug_courses,
    "results_at_moments": results_at_moments,
    "results_by_quarter": results_by_quarter,
    "tests": tests,
}
