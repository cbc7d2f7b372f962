"""What the record answers to each field of the case report form, by the words of its `how`.

The words are a closed set; `docs/reference/register.md` says what each means. Every answer
names what it rests on, and where the record does not say there is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from livedo.instants import Instant
from livedo.knowledge.register import CaseReportForm, Choice, Field, Form, Prefill, is_valid
from livedo.record.tables import Fact
from livedo.registry.case import Reached, Span
from livedo.registry.dates import (
    date_of,
    day_of_instant,
    end_of_day,
    span_of,
    start_of_day,
)
from livedo.registry.item_answers import item_answer, tells_positive
from livedo.registry.items import Anchors, Item, choice_of, items_of, suspicious
from livedo.registry.reading import Reading, Said, exact, holds_at, number_text, said

SIGN, DIAGNOSIS = "first_symptom_on", "diagnosed_on"
"""The fields of form `case` whose days the others are counted from."""


class Prefilled:
    """What one person's record answers.

    Args:
        entered: what was entered into form `case`, by field.
    """

    def __init__(
        self,
        reading: Reading,
        form: CaseReportForm,
        reached: Iterable[Reached],
        entered: Mapping[str, str],
    ) -> None:
        self.reading = reading
        today = day_of_instant(reading.as_of, reading.zone)
        self.reached = {f"{one.definition}/{one.level}": one for one in reached if one.on <= today}
        self.hidden: frozenset[tuple[str, ...]] = frozenset()
        self._form = form
        self.lesion_form = next(
            (one for one in form.forms if one.prefill and one.prefill.how == "lesions"), None
        )
        self._items: dict[str, list[Item]] = {}
        self.anchors = Anchors(
            sign=self._anchor(SIGN, entered), diagnosed=self._anchor(DIAGNOSIS, entered)
        )

    def _anchor(self, id: str, entered: Mapping[str, str]) -> Span | None:
        """A day as entered, else as the record has it."""
        case = self._form.form("case")
        field = None if case is None else case.field(id)
        if case is None or field is None:
            return None
        text = entered.get(id, "")
        span = span_of(text) if is_valid(field, text) else None
        if span is not None:
            return span
        told = self.of_person(case, field)
        return None if told is None else span_of(told.text)

    def of_person(self, form: Form, field: Field) -> Said | None:
        """The answer to a field that is asked once."""
        if field.prefill is None:
            return None
        return _ANSWERS[field.prefill.how](self, form, field, field.prefill)

    def hide(self, items: Iterable[Item]) -> None:
        """Leaves out what somebody said was a mistake."""
        self.hidden |= {item.keys for item in items}

    def of_item(self, form: Form, field: Field, item: Item) -> Said | None:
        """The answer to a field of one lesion, drug, result or test."""
        return item_answer(self.reading, field, item)

    def items(self, form: Form) -> list[Item]:
        """What the record holds that a form is asked once for."""
        if form.id not in self._items:
            self._items[form.id] = items_of(form, self.reading, self.anchors)
        return self._items[form.id]

    @property
    def since_sign(self) -> Instant | None:
        """The first instant of the day of the first sign."""
        sign = self.anchors.sign
        return None if sign is None else start_of_day(sign.first, self.reading.zone)

    @property
    def diagnosis(self) -> Instant:
        """The last instant of the day of the diagnosis; the moment of the form before one."""
        diagnosed = self.anchors.diagnosed
        if diagnosed is None:
            return self.reading.as_of
        return min(self.reading.as_of, end_of_day(diagnosed.last, self.reading.zone))


_Answer = Callable[[Prefilled, Form, Field, Prefill], Said | None]


# -- the person ----------------------------------------------------------------------------


def birth_year(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The year, where the date of birth lies within one."""
    person, reading = told.reading.person, told.reading
    if person.born_on is None:
        return None
    latest = person.born_on if person.born_on_latest is None else person.born_on_latest
    year = reading.text(person.born_on, latest)[:4]
    return Said(year, ("person:born_on",)) if year else None


def sex(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """As the source has it; unknown there is no answer here."""
    person = told.reading.person
    return None if person.sex == "unknown" else Said(person.sex, ("person:sex",))


def centre(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The centre of the person in the record."""
    person = told.reading.person
    return Said(person.centre_id, ("person:centre_id",)) if person.centre_id else None


def died_on(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The day of death, once it has come."""
    person, reading = told.reading.person, told.reading
    if person.died_on is None or person.died_on > reading.as_of:
        return None
    return Said(reading.text(person.died_on, person.died_on), ("person:died_on",))


def is_dead(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Yes after a death; the record never says no. A death without a date is not dated here."""
    person, reading = told.reading.person, told.reading
    if not person.is_dead:
        return None
    if person.died_on is not None:
        return Said("yes", ("person:died_on",)) if person.died_on <= reading.as_of else None
    newest = max((fact.known_at for fact in reading.record.facts), default=reading.as_of)
    return Said("yes", ("person:is_dead",)) if reading.as_of >= newest else None


def alive_on(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The last day on which something was measured or seen of the person."""
    seen = told.reading.told_in(prefill.of)
    died = told.reading.person.died_on
    living = (fact for fact in reversed(seen) if died is None or fact.start_at <= died)
    return told.reading.on(next(living, None))


# -- the levels of certainty ---------------------------------------------------------------


def level(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """A recorded refutation where it is the newest word, else the surest level reached."""
    return _level(told, field, lambda said_, on: said_)


def level_on(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The day of that."""
    return _level(told, _meant(form, prefill) or field, lambda said_, on: on)


def _level(
    told: Prefilled, field: Field, wanted: Callable[[Said | None, Said | None], Said | None]
) -> Said | None:
    for choice in reversed(field.choices):
        refuted = _refuted(told.reading, choice)
        if refuted is not None:
            return wanted(said(choice.id, refuted), told.reading.on(refuted))
        for reached in (told.reached.get(one) for one in choice.of):
            if reached is not None:
                sources = reached.evidence or (f"definition:{reached.definition}/{reached.level}",)
                at = end_of_day(reached.on, told.reading.zone)
                day = date_of(reached.on).isoformat()
                return wanted(Said(choice.id, sources, at), Said(day, sources, at))
    return None


def _refuted(reading: Reading, choice: Choice) -> Fact | None:
    """The fact that denies what the choice stands for, if nothing newer affirms it."""
    denied, affirmed = reading.denied(choice.refuted), reading.told(choice.refuted)
    if not denied or (affirmed and affirmed[-1].start_at > denied[-1].start_at):
        return None
    return denied[-1]


# -- the first sign ------------------------------------------------------------------------


def first_sign(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The first day of the first suspicious lesion."""
    facts = [lesion.facts[0] for lesion in _suspicious(told, prefill)]
    return told.reading.on(min(facts, key=_begun, default=None))


def first_contact(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The day on which something of a suspicious lesion was first written down."""
    facts = [fact for lesion in _suspicious(told, prefill) for fact in lesion.facts]
    first = min(facts, key=lambda fact: (fact.known_at, fact.fact_id), default=None)
    return None if first is None else said(told.reading.text(first.known_at, first.known_at), first)


def _suspicious(told: Prefilled, prefill: Prefill) -> list[Item]:
    return suspicious(prefill.of, prefill.or_of, prefill.unless, told.reading)


def _begun(fact: Fact) -> tuple[Instant, Instant, int]:
    return (fact.start_at, fact.start_from, fact.fact_id)


# -- whether and when something was --------------------------------------------------------


def first_on(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """When the first of these began."""
    return told.reading.on(next(iter(told.reading.told(prefill.of)), None))


def ever(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Yes if it was ever so. No if that is recorded, or by declared silence with history."""
    reading = told.reading
    facts = reading.told(prefill.of)
    if facts:
        return said("yes", facts[0])
    return _denied(reading, prefill.of) or _silent(reading.silent_no(prefill.of))


def _denied(reading: Reading, of: Sequence[str]) -> Said | None:
    """No, where the record denies every one of these of the whole person, for all time before."""
    if reading.is_open(of) or any(reading.is_never_silent(concept) for concept in of):
        return None
    denials = [next(iter(reading.denied((concept,))[::-1]), None) for concept in of]
    known = [fact for fact in denials if fact is not None]
    return said("no", *known) if len(known) == len(denials) else None


def _silent(spans: tuple[str, ...]) -> Said | None:
    return Said("no", spans) if spans else None


def ever_until_diagnosis(
    told: Prefilled, form: Form, field: Field, prefill: Prefill
) -> Said | None:
    """Whether one of these began between the first sign and the diagnosis."""
    return _within(told, prefill.of, told.diagnosis)


def ever_since_sign(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Whether one of these began since the first sign."""
    return _within(told, prefill.of, told.reading.as_of)


def _within(told: Prefilled, of: Sequence[str], until: Instant) -> Said | None:
    since = told.since_sign
    if since is None:
        return None
    fact = _first_since(told, of, until)
    if fact is not None:
        return said("yes", fact)
    return _silent(told.reading.silent_no(of, since, until))


def _first_since(told: Prefilled, of: Sequence[str], until: Instant) -> Fact | None:
    """The first fact that surely began between the first sign and a moment."""
    since = told.since_sign
    if since is None:
        return None
    facts = told.reading.told(of)
    return next(
        (f for f in facts if f.start_from >= since and f.start_at <= until and tells_positive(f)),
        None,
    )


def first_since_sign_on(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """When the first of these began since the first sign."""
    return told.reading.on(_first_since(told, prefill.of, told.reading.as_of))


def new_lesions(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Yes if a suspicious lesion first appeared after the day of the diagnosis; never no."""
    if told.anchors.diagnosed is None:
        return None
    begun = [lesion.facts[0] for lesion in _lesions(told)]
    new = [fact for fact in begun if fact.start_from > told.diagnosis]
    return said("yes", min(new, key=_begun)) if new else None


def all_healed_on(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The day on which the last lesion was healed, once all are."""
    form_, lesions = told.lesion_form, _lesions(told)
    healed = None if form_ is None else _healing(form_)
    if healed is None or not lesions:
        return None
    answers = [item_answer(told.reading, healed, lesion) for lesion in lesions]
    known = [(span.last, one) for one in answers if one and (span := span_of(one.text))]
    if len(known) < len(answers):
        return None
    last = max(known, key=lambda pair: pair[0])[1]
    sources = tuple(dict.fromkeys(ref for _, one in known for ref in one.sources))
    return Said(last.text, sources, last.known_at)


def _healing(form: Form) -> Field | None:
    return next((f for f in form.fields if f.prefill and f.prefill.how == "item_healed_on"), None)


def _lesions(told: Prefilled) -> list[Item]:
    """The lesions of the record, without those that somebody said were none."""
    form = told.lesion_form
    return [] if form is None else [i for i in told.items(form) if i.keys not in told.hidden]


# -- choices -------------------------------------------------------------------------------


def choice_ever(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The first choice that was ever so."""
    for choice in field.choices:
        facts = told.reading.told(choice.of)
        if facts:
            return said(choice.id, facts[0])
    return None


def choice_since_sign(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The choice whose diagnosis came first between the first sign and the diagnosis."""
    found = _first_choice(told, field)
    return None if found is None else said(found[0].id, found[1])


def choice_since_sign_on(
    told: Prefilled, form: Form, field: Field, prefill: Prefill
) -> Said | None:
    """When that was."""
    found = _first_choice(told, _meant(form, prefill) or field)
    return None if found is None else told.reading.on(found[1])


def _first_choice(told: Prefilled, field: Field) -> tuple[Choice, Fact] | None:
    first: tuple[Choice, Fact] | None = None
    for choice in field.choices:
        fact = _first_since(told, choice.of, told.diagnosis)
        if fact is not None and (first is None or _begun(fact) < _begun(first[1])):
            first = (choice, fact)
    return first


def choice_at_diagnosis(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The first choice that held on the day of the diagnosis."""
    reading, at = told.reading, told.diagnosis
    for choice in field.choices:
        held = [f for f in reading.told(choice.of) if holds_at(f, at, reading.as_of)]
        if held:
            return said(choice.id, held[-1])
    return None


def newest_at_diagnosis(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Of the choices that held on the day of the diagnosis, the one that began last."""
    run = _runs(told, field, prefill)
    return said(run[-1][0], *run[-1][1][-1:]) if run and _still_holds(told, run[-1][1]) else None


def newest_since(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """When that one began."""
    run = _runs(told, _meant(form, prefill) or field, prefill)
    return told.reading.on(run[-1][1][0]) if run and _still_holds(told, run[-1][1]) else None


def newest_before(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The choice before that one."""
    run = _runs(told, _meant(form, prefill) or field, prefill)
    if len(run) < 2 or not _still_holds(told, run[-1][1]):
        return None
    return said(run[-2][0], run[-2][1][-1])


def _still_holds(told: Prefilled, facts: Sequence[Fact]) -> bool:
    return any(holds_at(fact, told.diagnosis, told.reading.as_of) for fact in facts)


def _runs(told: Prefilled, field: Field, prefill: Prefill) -> list[tuple[str, list[Fact]]]:
    """What held one after the other up to the diagnosis, each with its facts."""
    reading = told.reading
    but = {narrow for one in prefill.unless for narrow in reading.vocabulary.descendants(one)}
    facts = reading.told([concept for choice in field.choices for concept in choice.of])
    runs: list[tuple[str, list[Fact]]] = []
    for fact in facts:
        choice = choice_of(fact.concept, field.choices, reading)
        if choice is None or fact.concept in but or fact.start_at > told.diagnosis:
            continue
        if runs and runs[-1][0] == choice.id:
            runs[-1][1].append(fact)
        else:
            runs.append((choice.id, [fact]))
    return runs


# -- numbers and words ---------------------------------------------------------------------


def number_at_diagnosis(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The newest number up to the day of the diagnosis."""
    for fact in reversed(told.reading.told(prefill.of)):
        number = exact(fact)
        if number is not None and fact.start_at <= told.diagnosis:
            return said(number_text(number), fact)
    return None


def first_number(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The first number."""
    for fact in told.reading.told(prefill.of):
        number = exact(fact)
        if number is not None:
            return said(number_text(number), fact)
    return None


def first_word(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The word of the first result, where it is one of the choices."""
    facts = sorted((*told.reading.told(prefill.of), *told.reading.denied(prefill.of)), key=_begun)
    for fact in facts:
        word = "negative" if fact.present == "no" else fact.interpretation or ""
        if field.choice(word) is not None:
            return said(word, fact)
    return None


def during_first(told: Prefilled, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Whether one of these was so when the first of `at` was taken."""
    reading = told.reading
    taken = next(iter(reading.told(prefill.at)), None)
    if taken is None:
        return None
    held = [
        fact for fact in reading.told(prefill.of) if holds_at(fact, taken.start_at, reading.as_of)
    ]
    if held:
        return said("yes", held[-1], taken)
    spans = reading.silent_no(prefill.of, taken.start_from, taken.start_at)
    return _silent(spans)


def _meant(form: Form, prefill: Prefill) -> Field | None:
    """The other field whose choices are meant."""
    return form.field(prefill.field)


_ANSWERS: Mapping[str, _Answer] = {
    answer.__name__: answer
    for answer in (
        all_healed_on,
        alive_on,
        birth_year,
        centre,
        choice_at_diagnosis,
        choice_ever,
        choice_since_sign,
        choice_since_sign_on,
        died_on,
        during_first,
        ever,
        ever_since_sign,
        ever_until_diagnosis,
        first_contact,
        first_number,
        first_on,
        first_sign,
        first_since_sign_on,
        first_word,
        is_dead,
        level,
        level_on,
        new_lesions,
        newest_at_diagnosis,
        newest_before,
        newest_since,
        number_at_diagnosis,
        sex,
    )
}
"""One for each word of `HowField`."""
