"""What the record answers to the fields of one lesion, course of a drug, result or test."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from livedo.knowledge.register import Field, Prefill
from livedo.knowledge.vocabulary import Vocabulary
from livedo.record.tables import Fact
from livedo.registry.items import Item
from livedo.registry.reading import Reading, Said, exact, holds_at, narrower, number_text, said

NEGATIVE = frozenset({"negative", "normal"})
"""Words of a result that turn a yes into none found."""


def item_answer(reading: Reading, field: Field, item: Item) -> Said | None:
    """The answer of one item to one field."""
    if field.prefill is None:
        return None
    return ITEM_ANSWERS[field.prefill.how](reading, field, field.prefill, item)


def tells_positive(fact: Fact) -> bool:
    """Whether a fact that is there also found something."""
    return fact.interpretation not in NEGATIVE


_Answer = Callable[[Reading, Field, Prefill, Item], Said | None]


def item_key(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """What ties an instance to this item."""
    return said(item.keys[0], item.facts[0])


def item_on(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """When it began, or was done or taken."""
    return reading.on(item.facts[0])


def item_body_site(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The body site first recorded."""
    fact = next((fact for fact in item.facts if fact.body_site), None)
    return None if fact is None else said(fact.body_site or "", fact)


def item_side(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The side first recorded."""
    fact = next((fact for fact in item.facts if fact.side), None)
    return None if fact is None else said(fact.side or "", fact)


def item_site_class(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The first choice to whose class the body site belongs; the last choice for any other."""
    fact = next((fact for fact in item.facts if fact.body_site), None)
    if fact is None or fact.body_site is None:
        return None
    return said(site_class_of(fact.body_site, field, reading.vocabulary), fact)


def site_class_of(body_site: str, field: Field, vocabulary: Vocabulary) -> str:
    """The class of a body site, as the choices of a field have it."""
    for choice in field.choices:
        if any(body_site in vocabulary.body_sites_of(one) for one in choice.of):
            return choice.id
    return field.choices[-1].id


def item_ever(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """Yes if it was ever found there; no if all of it was looked for there and denied."""
    found = _found(reading, (*prefill.of, *prefill.or_of), item)
    if found:
        return said("yes", found[0])
    denials = [_denial(reading, concept, item) for concept in prefill.of]
    known = [fact for fact in denials if fact is not None]
    return said("no", *known) if len(known) == len(denials) else None


def item_first_on(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """When it was first found there."""
    found = _found(reading, (*prefill.of, *prefill.or_of), item)
    return reading.on(found[0]) if found else None


def _found(reading: Reading, of: tuple[str, ...], item: Item) -> list[Fact]:
    wanted = narrower(reading.vocabulary, of)
    return [f for f in item.facts if f.concept in wanted and f.present == "yes"]


def _denial(reading: Reading, concept: str, item: Item) -> Fact | None:
    """The newest denial that speaks for this item, since it has been there."""
    begun = item.facts[0].start_from
    for fact in reversed(reading.denied((concept,))):
        if fact.start_from >= begun and _speaks_for(fact, item):
            return fact
    return None


def _speaks_for(fact: Fact, item: Item) -> bool:
    if fact.lesion_id is not None:
        return fact.lesion_id in item.keys
    if fact.body_site is None:
        return True
    places = {(one.body_site, one.side) for one in item.facts}
    return (fact.body_site, fact.side) in places or (
        fact.side in (None, "both") and fact.body_site in {site for site, _ in places}
    )


def item_largest(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The largest number measured there."""
    numbers = [(n, f) for f in _found(reading, prefill.of, item) if (n := exact(f)) is not None]
    if not numbers:
        return None
    number, fact = max(numbers, key=lambda pair: pair[0])
    return said(number_text(number), fact)


def item_latest(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The newest number measured there."""
    fact = _latest(reading, prefill, item)
    number = None if fact is None else exact(fact)
    return None if fact is None or number is None else said(number_text(number), fact)


def item_latest_on(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """When the newest number was measured."""
    return reading.on(_latest(reading, prefill, item))


def _latest(reading: Reading, prefill: Prefill, item: Item) -> Fact | None:
    found = _found(reading, prefill.of, item)
    return next((fact for fact in reversed(found) if exact(fact) is not None), None)


def item_healed_on(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """When it was first healed, if nothing was found there afterwards."""
    healed: Fact | None = None
    wanted = narrower(reading.vocabulary, prefill.of)
    for fact in item.facts:
        if fact.concept not in wanted:
            healed = None
        elif healed is None:
            healed = fact
    return reading.on(healed)


def item_choice(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """Which of the choices it is."""
    return said(item.choice, item.facts[0])


def item_choice_then(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The first choice that held when this was taken."""
    at = item.facts[0].start_at
    for choice in field.choices:
        held = [f for f in reading.told(choice.of) if holds_at(f, at, reading.as_of)]
        if held:
            return said(choice.id, held[-1])
    return None


def item_finding(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The first choice whose finding is there, or whose denial is."""
    for choice in field.choices:
        found = [f for f in _found(reading, choice.of, item) if tells_positive(f)]
        denied = [f for f in item.facts if f.present == "no" and f.concept in choice.refuted]
        if found or denied:
            return said(choice.id, *(found or denied))
    return None


def item_concept(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The concept of the vocabulary."""
    return said(item.facts[0].concept, item.facts[0])


def item_is_ongoing(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """Yes if a part has no end that is known by now; no if every part has surely ended."""
    open_ = [fact for fact in item.facts if holds_at(fact, reading.as_of, reading.as_of)]
    if open_:
        return said("yes", open_[-1])
    ended = all(fact.end_at is not None and fact.end_at <= reading.as_of for fact in item.facts)
    return said("no", _last_to_end(item)) if ended else None


def item_stop_on(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """When the last part ended, if all have."""
    if any(fact.end_at is None or fact.end_at > reading.as_of for fact in item.facts):
        return None
    last = _last_to_end(item)
    end_at = last.end_at or last.start_at
    return said(reading.text(last.end_from or end_at, end_at), last)


def _last_to_end(item: Item) -> Fact:
    return max(item.facts, key=lambda fact: (fact.end_at or 0, fact.fact_id))


def item_dose(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The newest dose a day."""
    fact = _dosed(item)
    return None if fact is None else said(number_text(fact.dose_per_day or 0), fact)


def item_dose_unit(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The unit of measure of the newest dose."""
    fact = _dosed(item)
    return None if fact is None else said(fact.dose_unit or "", fact)


def _dosed(item: Item) -> Fact | None:
    return next((fact for fact in reversed(item.facts) if fact.dose_per_day is not None), None)


def item_route(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """How it is given."""
    fact = next((fact for fact in item.facts if fact.route), None)
    return None if fact is None else said(fact.route or "", fact)


def item_value(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The number, or the limit where only a limit was given."""
    fact = item.facts[0]
    number = fact.high if fact.low is None else fact.low
    return None if number is None else said(number_text(number), fact)


def item_bound(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """Whether the number is a limit, and on which side."""
    fact = item.facts[0]
    if exact(fact) is not None:
        return said("exact", fact)
    return said("above" if fact.high is None else "below", fact)


def item_unit(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The unit in which the record keeps the number."""
    fact = item.facts[0]
    return said(reading.vocabulary.units.canonical(fact.concept), fact)


def item_upper_limit(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """The upper limit of the laboratory's interval."""
    fact = item.facts[0]
    return None if fact.ref_high is None else said(number_text(fact.ref_high), fact)


def item_moment(reading: Reading, field: Field, prefill: Prefill, item: Item) -> Said | None:
    """Which moment of the series it stands for."""
    return said(item.moment, item.facts[0])


ITEM_ANSWERS: Mapping[str, _Answer] = {
    answer.__name__: answer
    for answer in (
        item_body_site,
        item_bound,
        item_choice,
        item_choice_then,
        item_concept,
        item_dose,
        item_dose_unit,
        item_ever,
        item_finding,
        item_first_on,
        item_healed_on,
        item_is_ongoing,
        item_key,
        item_largest,
        item_latest,
        item_latest_on,
        item_moment,
        item_on,
        item_route,
        item_side,
        item_site_class,
        item_stop_on,
        item_unit,
        item_upper_limit,
        item_value,
    )
}
"""One for each word of `HowItem`."""
