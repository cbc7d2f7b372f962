"""Each lesion of a person over time: every look, who entered it, and what was undone."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from livedo.act.facts_in_words import FactWords
from livedo.act.page import load_page
from livedo.act.result import LesionLine
from livedo.decisions.entries import Area, Entry, Examination, standing
from livedo.decisions.facts import SOURCE, entered_facts
from livedo.knowledge.round_page import load_round_page
from livedo.knowledge.skin_round import load_skin_round
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.tables import Fact, Instant
from livedo.surfaces.figures.lesion_chart import LesionCourse, Measure
from livedo.surfaces.web.lesion_lines import lesions_of
from livedo.surfaces.web.regions import place_id
from livedo.surfaces.web.round_list import Rounds
from livedo.surfaces.web.todays_round import places_of

RECORD = ""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What was said about one lesion at one moment by one source."""

    at: Instant
    on: str
    found: str
    seen: str
    felt: str
    pain: str
    ulcer: str
    wound: str
    area: str
    photo: str
    by: str
    """Who entered it; empty where it comes from the record."""
    entry_id: str
    is_undone: bool


class LesionHistory(msgspec.Struct, frozen=True, kw_only=True):
    """One lesion with its looks, oldest first."""

    line: LesionLine
    region: str
    looks: tuple[Look, ...]
    course: LesionCourse


class Source(msgspec.Struct, frozen=True):
    """One entry, or the record."""

    entry: Entry | None
    is_undone: bool
    facts: tuple[Fact, ...]


def histories(rounds: Rounds, person_id: str) -> list[LesionHistory]:
    """Every lesion of a person by first date."""
    lines = lesions_of(rounds, person_id)
    sources = list(sources_of(rounds, person_id))
    return [history(line, sources, rounds) for line in lines]


def sources_of(rounds: Rounds, person_id: str) -> Iterator[Source]:
    """The record, and each examination by itself, undone ones too."""
    service = rounds.service
    with service.lock:
        record = service.record.patient(person_id)
    yield Source(None, False, record.facts)
    entries = service.entries(person_id)
    kept = {entry.entry_id for entry in standing(entries)}
    vocabulary = service.knowledge.vocabulary
    for entry in entries:
        if isinstance(entry.body, Examination):
            facts = entered_facts([entry], person_id, vocabulary, time_zone=service.time_zone)
            yield Source(entry, entry.entry_id not in kept, tuple(facts))


def history(line: LesionLine, sources: Sequence[Source], rounds: Rounds) -> LesionHistory:
    """The looks of one lesion."""
    looks: list[Look] = []
    measures = Measures()
    for source in sources:
        days: dict[Instant, list[Fact]] = defaultdict(list)
        for fact in source.facts:
            if is_about(fact, line):
                days[fact.start_at].append(fact)
        looks += [look(at, facts, source, rounds) for at, facts in days.items()]
        if not source.is_undone:
            for facts in days.values():
                measures.take(facts)
    side = line.side or None
    place = next(places_of(line.body_site, side), (line.body_site, side))
    ordered = sorted(looks, key=lambda one: (one.at, one.entry_id))
    return LesionHistory(
        line=line,
        region=place_id(place),
        looks=tuple(one for one in ordered if one.found or one.seen or one.felt or one.pain),
        course=measures.course(),
    )


def is_about(fact: Fact, line: LesionLine) -> bool:
    """Whether a fact is about a lesion: its number, or its place where the fact has none."""
    if fact.concept not in told_concepts():
        return False
    if fact.lesion_id is not None:
        return fact.lesion_id == line.lesion_id
    if fact.body_site != line.body_site:
        return False
    is_clear = fact.concept == load_skin_round().lesion and fact.present == "no"
    return (fact.side or "") == line.side and (not line.lesion_id or is_clear)


@functools.cache
def told_concepts() -> frozenset[str]:
    """Every concept that the history tells."""
    skin, descendants = load_page().skin, load_vocabulary().descendants
    wound = {word for one in load_skin_round().wound.words.values() for word in one.found}
    measured = {skin.seen_extent, skin.felt_extent, load_round_page().wound_area}
    states = {id for id in load_vocabulary().concepts if id.startswith("wound.")}
    return frozenset({*descendants(skin.any), *skin.pain, *measured, *wound, *states})


class Measures:
    """The numbers of a lesion, for its figure."""

    def __init__(self) -> None:
        self._by_concept: dict[str, dict[Instant, float]] = defaultdict(dict)

    def take(self, facts: Iterable[Fact]) -> None:
        """Exact numbers; a bound is told in the table and not drawn."""
        for fact in facts:
            if fact.low is not None and fact.low == fact.high:
                self._by_concept[fact.concept][fact.start_at] = fact.low

    def course(self) -> LesionCourse:
        """What is drawn."""
        skin, pain = load_page().skin, load_skin_round().pain.scales[0].concept
        area = load_round_page().wound_area
        told = (skin.seen_extent, skin.felt_extent, pain, area)
        return LesionCourse(*(self._of(concept) for concept in told))

    def _of(self, concept: str) -> list[Measure]:
        return [Measure(at, value) for at, value in sorted(self._by_concept[concept].items())]


def look(at: Instant, facts: Sequence[Fact], source: Source, rounds: Rounds) -> Look:
    """One look in words."""
    words, skin, page = rounds.words, load_page().skin, load_round_page()
    newest = {fact.concept: fact for fact in facts}
    entry = source.entry
    return Look(
        at=at,
        on=words.when(facts[0], rounds.service.clock.now()),
        found=_found(facts, words),
        seen=_amount(newest.get(skin.seen_extent), words),
        felt=_amount(newest.get(skin.felt_extent), words),
        pain=_pain(newest, words),
        ulcer=_yes_no(newest.get(load_skin_round().ulcer.concept), rounds),
        wound=_wound(facts, source.entry, words),
        area=_amount(newest.get(page.wound_area), words),
        photo=_photo(entry, facts),
        by="" if entry is None else entry.entered_by,
        entry_id=RECORD if entry is None else entry.entry_id,
        is_undone=source.is_undone,
    )


def _found(facts: Sequence[Fact], told: FactWords) -> str:
    whole = load_skin_round().lesion
    present = [f for f in facts if f.concept.startswith("sign.") and f.present == "yes"]
    skin = load_page().skin
    measured = {skin.seen_extent, skin.felt_extent, *skin.pain}
    named = [told.name(f.concept) for f in present if f.concept not in measured]
    if named:
        return ", ".join(dict.fromkeys(named))
    if any(f.concept == whole and f.present == "no" for f in facts):
        return told.text("skin.nothing")
    return ""


def _amount(fact: Fact | None, words: FactWords) -> str:
    if fact is None:
        return ""
    return fact.original if fact.source == SOURCE and fact.original else words.value(fact)


def _pain(newest: Mapping[str, Fact], words: FactWords) -> str:
    for concept in load_page().skin.pain:
        if concept in newest:
            fact = newest[concept]
            return _amount(fact, words) or words.text(f"present.{fact.present}")
    return ""


def _yes_no(fact: Fact | None, rounds: Rounds) -> str:
    present = "unknown" if fact is None else fact.present
    return rounds.reader.words.text(f"round.history.answer_{present}")


def _wound(facts: Sequence[Fact], entry: Entry | None, words: FactWords) -> str:
    """The state of the wound: as it was tapped, or as the record names it."""
    for told in _areas(entry, facts):
        if told.wound:
            return str(getattr(load_skin_round().wound.words[told.wound].label, words.lang))
    area = load_round_page().wound_area
    states = [
        words.name(fact.concept)
        for fact in facts
        if fact.concept.startswith("wound.") and fact.concept != area and fact.present == "yes"
    ]
    return ", ".join(dict.fromkeys(states))


def _areas(entry: Entry | None, facts: Sequence[Fact]) -> list[Area]:
    """The areas of an entry that these facts come from."""
    if entry is None or not isinstance(entry.body, Examination):
        return []
    places = {(fact.body_site, fact.side) for fact in facts}
    return [area for area in entry.body.areas if (area.body_site, area.side) in places]


def _photo(entry: Entry | None, facts: Sequence[Fact]) -> str:
    references = (area.photo_reference for area in _areas(entry, facts))
    return next(filter(None, references), "")


def wound_scores(facts: Iterable[Fact], rounds: Rounds) -> list[tuple[str, str]]:
    """Recorded totals of the wound score with their dates, oldest first."""
    concept = load_round_page().wound_score.concept
    found = sorted((f for f in facts if f.concept == concept), key=lambda f: f.start_at)
    now = rounds.service.clock.now()
    return [(rounds.words.value(fact), rounds.words.when(fact, now)) for fact in found]
