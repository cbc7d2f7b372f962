"""One person's line of the worklist, from the record and the rules' answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol, TypedDict

import msgspec

from livedo.act.changes import ChangeWords, Earlier
from livedo.act.facts_in_words import FactWords
from livedo.act.own_numbers import OwnNumbers
from livedo.act.page import load_page
from livedo.act.palpation import PalpationRounds
from livedo.act.precedence import NOTHING_DUE, OUTSIDE, Standing, standing
from livedo.act.reasons import ReasonWords, facts_by_reference, spoken
from livedo.act.result import PalpationDue, PatientResult, UnknownLine
from livedo.act.rule_book import RuleBook
from livedo.act.steps import StepWords
from livedo.act.unknowns import UnknownWords, deciding
from livedo.assess.answer import Answer, Judgement, Missing
from livedo.instants import DAY, YEAR_DAYS
from livedo.knowledge.load import Knowledge
from livedo.record.tables import Fact, Instant, PatientRecord, Person

LAST_DUE_GROUP = 5
"""People after this group have nothing due."""

LAST_TOLD_GROUP = 3
"""People up to this group have every reason told with its facts; later ones by its title,
their facts standing in the short line. One person's page always tells everything."""

QUIET = frozenset({NOTHING_DUE, OUTSIDE})
"""Groups whose people are counted, not listed."""


class Engine(Protocol):
    """Anything that answers rules about a patient."""

    @property
    def knowledge(self) -> Any:
        """The knowledge that its rules come from."""

    def judge(
        self, record: PatientRecord, as_of: Instant, rules: Collection[str] | None = None
    ) -> Judgement:
        """The answers about one person, from what was known at `as_of`."""


class Rows:
    """Makes worklist lines in one language and one choice of units."""

    def __init__(self, engine: Engine, words: FactWords) -> None:
        self.engine = engine
        self.words = words
        self.knowledge: Knowledge = words.knowledge
        self.book = RuleBook(self.knowledge)
        self.own_numbers = OwnNumbers(self.knowledge, words.lang)
        self.reasons = ReasonWords(self.book, words, self.own_numbers)
        self.steps = StepWords(self.book, words)
        self.unknowns = UnknownWords(words)
        self.rounds = PalpationRounds(self.book, words)
        self.changes = ChangeWords(self.book, words)
        is_danish = words.lang == "da"
        self._states = {s.id: s.da if is_danish else s.en for s in self.knowledge.states}

    def judge(self, record: PatientRecord, as_of: Instant) -> Judgement:
        """The screening rules' answers."""
        return self.engine.judge(record, as_of, self.book.screening)

    def screened(self, every: Judgement) -> Judgement:
        """The screening rules' answers out of the answers to every rule."""
        wanted = {id: every.answers[id] for id in self.book.screening}
        return msgspec.structs.replace(every, answers=wanted)

    def row(
        self, record: PatientRecord, as_of: Instant, *, was: Earlier | None, is_compared: bool
    ) -> PatientResult:
        """One person's line; `was` is what an earlier run said, if one is compared with."""
        judgement = self.judge(record, as_of)
        place = standing(judgement, self.book)
        result = self.result(record, judgement, place)
        if not is_compared:
            return result
        comparison = self.changes.compare(was, result, judgement)
        return msgspec.structs.replace(
            result,
            changed=comparison.changes,
            direction=comparison.direction,
            direction_text=self.words.text(f"direction.{comparison.direction}"),
        )

    def result(
        self,
        record: PatientRecord,
        judgement: Judgement,
        place: Standing,
        *,
        is_full: bool = False,
    ) -> PatientResult:
        """The line without comparison; `is_full` words everything, for one person's page."""
        as_of = judgement.as_of
        is_short = place.group in QUIET and not is_full
        answers = spoken(judgement, place, self.book)
        unknown = self.deciding(judgement, place)
        facts = self._facts(record, answers, unknown, is_short=is_short)
        palpation = self.rounds.due(record, as_of, place)
        not_known = self._unknown_text(unknown, facts, as_of, palpation, is_short=is_short)
        is_quiet = is_short or place.state == OUTSIDE
        silence = "" if is_quiet else self._silence(record, as_of)
        by_title = place.precedence > LAST_TOLD_GROUP and not is_full
        lines = [
            self.reasons.line(answer, facts, judgement, by_title=by_title) for answer in answers
        ]
        return PatientResult(
            **self._person(record.person, as_of),
            **self._place(place),
            why="" if is_short else self.reasons.why(judgement, place, facts),
            unknown_text="; ".join(filter(None, (silence, not_known))),
            is_in_danger=any(self.book.rules[a.rule].kind == "danger" for a in answers),
            reasons=tuple(lines),
            unknown=tuple(self._unknown_lines(unknown, facts, as_of)),
            next=self.steps.lines(judgement, place, with_lead=not is_full),
            palpation=palpation,
        )

    def _facts(
        self,
        record: PatientRecord,
        answers: Sequence[Answer],
        unknown: Mapping[Missing, tuple[str, ...]],
        *,
        is_short: bool,
    ) -> dict[str, Fact]:
        needed = {missing.last for missing in unknown if missing.last}
        if not is_short:
            needed.update(ref for answer in answers for ref in answer.evidence)
        return facts_by_reference(record, needed)

    def deciding(self, judgement: Judgement, place: Standing) -> dict[Missing, tuple[str, ...]]:
        """What is not known and could change the state or the group, and which rules it could."""
        if place.state == OUTSIDE:
            return {}
        return deciding(judgement, self.book, place.group)

    def _unknown_lines(
        self, unknown: Mapping[Missing, tuple[str, ...]], facts: Mapping[str, Fact], as_of: Instant
    ) -> list[UnknownLine]:
        return [
            self.unknowns.line(missing, rules, facts, as_of) for missing, rules in unknown.items()
        ]

    def _unknown_text(
        self,
        unknown: Mapping[Missing, tuple[str, ...]],
        facts: Mapping[str, Fact],
        as_of: Instant,
        palpation: PalpationDue,
        *,
        is_short: bool,
    ) -> str:
        if is_short or not unknown:
            return ""
        return self.unknowns.short(tuple(unknown), facts, as_of, palpation)

    def _silence(self, record: PatientRecord, as_of: Instant) -> str:
        """Since when nothing new has been known, if that is long ago."""
        newest = max((f.known_at for f in record.facts if f.known_at <= as_of), default=None)
        days = None if newest is None else self.words.dates.days_between(newest, as_of)
        if newest is None or days is None or days <= load_page().silent_after_days:
            return ""
        return self.words.text("silent", when=self.words.dates.short(newest, as_of))

    def _person(self, person: Person, as_of: Instant) -> _WhoIs:
        return _WhoIs(
            person_id=person.person_id,
            sex=person.sex,
            sex_text=self.words.text(f"sex.{person.sex}"),
            age=age_at(person, as_of),
            title=self.title(person, as_of),
        )

    def title(self, person: Person, as_of: Instant) -> str:
        """B-007, woman, 66."""
        age = age_at(person, as_of)
        sex = self.words.text(f"sex.{person.sex}")
        key = "title.unknown" if age is None else "title.known"
        return self.words.text(key, person_id=person.person_id, sex=sex, age=age)

    def state_text(self, state: str) -> str:
        """The name of a state in the reader's language."""
        return self._states.get(state, state)

    def _place(self, place: Standing) -> _StandsAt:
        return _StandsAt(
            state=place.state,
            state_text=self.state_text(place.state),
            state_rank=place.state_rank,
            certainty=place.certainty,
            certainty_text=self.words.text(f"certainty.{place.certainty}"),
            outside_reason=place.outside_reason,
            group=place.group,
            precedence=place.precedence,
        )


class _WhoIs(TypedDict):
    person_id: str
    sex: str
    sex_text: str
    age: int | None
    title: str


class _StandsAt(TypedDict):
    state: str
    state_text: str
    state_rank: int
    certainty: str
    certainty_text: str
    outside_reason: str | None
    group: str
    precedence: int


def age_at(person: Person, as_of: Instant) -> int | None:
    """Age in whole years; None when the date of birth leaves more than one year open."""
    if person.born_on is None:
        return None
    latest = person.born_on if person.born_on_latest is None else person.born_on_latest
    oldest = int((as_of - person.born_on) / (DAY * YEAR_DAYS))
    youngest = int((as_of - latest) / (DAY * YEAR_DAYS))
    return oldest if oldest - youngest <= 1 else None
