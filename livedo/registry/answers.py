"""What the record answers about the person: days, yes and no, numbers and words.

Each function answers one word of `how`; its line says what the word means. Where the record
does not say there is no answer.
"""

from __future__ import annotations

from livedo.instants import Instant
from livedo.knowledge.register import Field, Form, Prefill
from livedo.record.tables import Fact
from livedo.registry.asking import Asked, table
from livedo.registry.dates import span_of
from livedo.registry.item_answers import item_answer, tells_positive
from livedo.registry.reading import Reading, Said, exact, holds_at, number_text, said, touches

# -- the person ----------------------------------------------------------------------------


def birth_year(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The year, where the date of birth lies within one."""
    person, reading = asked.reading.person, asked.reading
    if person.born_on is None:
        return None
    latest = person.born_on if person.born_on_latest is None else person.born_on_latest
    year = reading.text(person.born_on, latest)[:4]
    return Said(year, ("person:born_on",)) if year else None


def sex(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """As the source has it; unknown there is no answer here."""
    person = asked.reading.person
    return None if person.sex == "unknown" else Said(person.sex, ("person:sex",))


def centre(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The centre of the person in the record."""
    person = asked.reading.person
    return Said(person.centre_id, ("person:centre_id",)) if person.centre_id else None


def died_on(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The day of death, once it has come."""
    person, reading = asked.reading.person, asked.reading
    if person.died_on is None or person.died_on > reading.as_of:
        return None
    return Said(reading.text(person.died_on, person.died_on), ("person:died_on",))


def is_dead(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Yes after a death; the record never says no. A death without a date is not dated here."""
    person, reading = asked.reading.person, asked.reading
    if not person.is_dead:
        return None
    if person.died_on is not None:
        return Said("yes", ("person:died_on",)) if person.died_on <= reading.as_of else None
    newest = max((fact.known_at for fact in reading.record.facts), default=reading.as_of)
    return Said("yes", ("person:is_dead",)) if reading.as_of >= newest else None


def alive_on(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The last day on which something was measured or seen of the person."""
    seen = asked.reading.told_in(prefill.of)
    died = asked.reading.person.died_on
    living = (fact for fact in reversed(seen) if died is None or fact.start_at <= died)
    return asked.reading.on(next(living, None))


# -- the first sign ------------------------------------------------------------------------


def first_sign(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The first day of the first suspicious lesion."""
    facts = [lesion.facts[0] for lesion in asked.lesions()]
    return asked.reading.on(min(facts, key=begun, default=None))


def first_contact(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """When something of a suspicious lesion was first written down, as exact as that is known."""
    facts = [fact for lesion in asked.lesions() for fact in lesion.facts]
    # Of two written down together, the one dated by its own day says best which day that was.
    facts.sort(key=lambda fact: (fact.known_at, not fact.is_known_at_assumed, fact.fact_id))
    if not facts:
        return None
    if facts[0].is_known_at_assumed:
        return asked.reading.on(facts[0])
    return said(asked.reading.recorded(facts[0].known_at), facts[0])


def begun(fact: Fact) -> tuple[Instant, Instant, int]:
    """When a fact began, for sorting."""
    return (fact.start_at, fact.start_from, fact.fact_id)


# -- whether and when something was --------------------------------------------------------


def first_on(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """When the first of these began."""
    return asked.reading.on(next(iter(asked.reading.told(prefill.of)), None))


def ever(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Yes if it was ever so. No if that is recorded, or by declared silence with history."""
    reading = asked.reading
    facts = reading.told(prefill.of)
    if facts:
        return said("yes", facts[0])
    return _denied(reading, prefill.of) or _silent(reading.silent_no(prefill.of))


def _denied(reading: Reading, of: tuple[str, ...]) -> Said | None:
    """No, where the record denies every one of these of the whole person, for all time before."""
    if reading.is_open(of) or any(reading.is_never_silent(concept) for concept in of):
        return None
    denials = [next(iter(reading.denied((concept,))[::-1]), None) for concept in of]
    known = [fact for fact in denials if fact is not None]
    return said("no", *known) if len(known) == len(denials) else None


def _silent(spans: tuple[str, ...]) -> Said | None:
    return Said("no", spans) if spans else None


def ever_until_diagnosis(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Whether one of these began between the first sign and the diagnosis."""
    return _within(asked, prefill.of, asked.diagnosis)


def ever_since_sign(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Whether one of these began since the first sign."""
    return _within(asked, prefill.of, asked.reading.as_of)


def _within(asked: Asked, of: tuple[str, ...], until: Instant) -> Said | None:
    since = asked.anchors.since_sign
    if since is None:
        return None
    fact = first_since(asked, of, until)
    if fact is not None:
        return said("yes", fact)
    if any(touches(fact, since, until) for fact in asked.reading.told(of)):
        return None
    return _silent(asked.reading.silent_no(of, since, until))


def first_since(asked: Asked, of: tuple[str, ...], until: Instant) -> Fact | None:
    """The first fact that surely began between the first sign and a moment."""
    since = asked.anchors.since_sign
    if since is None:
        return None
    facts = asked.reading.told(of)
    return next(
        (f for f in facts if f.start_from >= since and f.start_at <= until and tells_positive(f)),
        None,
    )


def first_since_sign_on(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """When the first of these began since the first sign."""
    return asked.reading.on(first_since(asked, prefill.of, asked.reading.as_of))


def new_lesions(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Yes if a suspicious lesion first appeared after the day of the diagnosis; never no."""
    if asked.anchors.diagnosed is None:
        return None
    starts = [lesion.facts[0] for lesion in asked.lesions()]
    new = [fact for fact in starts if fact.start_from > asked.diagnosis]
    return said("yes", min(new, key=begun)) if new else None


def all_healed_on(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The day on which the last lesion was healed, once all are."""
    form_, lesions = asked.lesion_form, asked.lesions()
    healed = None if form_ is None else _healing(form_)
    if healed is None or not lesions:
        return None
    answers = [item_answer(asked.reading, healed, lesion) for lesion in lesions]
    known = [(span.last, one) for one in answers if one and (span := span_of(one.text))]
    if len(known) < len(answers):
        return None
    last = max(known, key=lambda pair: pair[0])[1]
    sources = tuple(dict.fromkeys(ref for _, one in known for ref in one.sources))
    return Said(last.text, sources, last.known_at)


def _healing(form: Form) -> Field | None:
    return next((f for f in form.fields if f.prefill and f.prefill.how == "item_healed_on"), None)


# -- numbers and words ---------------------------------------------------------------------


def number_at_diagnosis(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The newest number up to the day of the diagnosis."""
    for fact in reversed(asked.reading.told(prefill.of)):
        number = exact(fact)
        if number is not None and fact.start_at <= asked.diagnosis:
            return said(number_text(number), fact)
    return None


def first_number(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The first number."""
    for fact in asked.reading.told(prefill.of):
        number = exact(fact)
        if number is not None:
            return said(number_text(number), fact)
    return None


def first_word(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """The word of the first result, where it is one of the choices."""
    facts = sorted((*asked.reading.told(prefill.of), *asked.reading.denied(prefill.of)), key=begun)
    for fact in facts:
        word = "negative" if fact.present == "no" else fact.interpretation or ""
        if field.choice(word) is not None:
            return said(word, fact)
    return None


def during_first(asked: Asked, form: Form, field: Field, prefill: Prefill) -> Said | None:
    """Whether one of these was so when the first of `at` was taken."""
    reading = asked.reading
    taken = next(iter(reading.told(prefill.at)), None)
    if taken is None:
        return None
    held = [
        fact for fact in reading.told(prefill.of) if holds_at(fact, taken.start_at, reading.as_of)
    ]
    if held:
        return said("yes", held[-1], taken)
    if any(touches(fact, taken.start_from, taken.start_at) for fact in reading.told(prefill.of)):
        return None
    spans = reading.silent_no(prefill.of, taken.start_from, taken.start_at)
    return _silent(spans)


ANSWERS = table(
    all_healed_on,
    alive_on,
    birth_year,
    centre,
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
    new_lesions,
    number_at_diagnosis,
    sex,
)
