"""Facts as short phrases in one language: what, how much, where, when.

"phosphate 2.21 mmol/L 18 Nov", "plaque left thigh 18 Nov", "warfarin since Mar 2022".
"""

from __future__ import annotations

from collections.abc import Iterable

from livedo.act.dates_in_words import DateWords
from livedo.act.page import load_page
from livedo.act.quantities_in_words import Amount, QuantityWords, Units
from livedo.act.result import FactLine
from livedo.knowledge.load import Knowledge
from livedo.record.tables import Fact, Instant

_BY_SHORT_NAME = frozenset({"sign"})
"""Domains whose short name is what people say; elsewhere it is the head of a column."""


class FactWords:
    """Writes facts of one record in one language and one choice of units."""

    def __init__(
        self, knowledge: Knowledge, lang: str = "en", units: Units = "si", time_zone: str = "UTC"
    ) -> None:
        self.knowledge = knowledge
        self.lang = lang
        self.units = units
        self.wording = knowledge.wording(lang)
        self.dates = DateWords(self.wording, time_zone)
        self.quantities = QuantityWords(knowledge.vocabulary.units, self.wording)
        self._names: dict[str, str] = {}
        self._sites: dict[tuple[str | None, str | None], str] = {}

    def text(self, key: str, **values: object) -> str:
        """A text of this room's wording."""
        return self.wording.text(f"act.{key}", **values)

    def has(self, key: str) -> bool:
        """Whether this room's wording holds a text."""
        return f"act.{key}" in self.wording

    def find(self, key: str) -> str:
        """A text of this room's wording, or nothing when there is none."""
        return self.text(key) if self.has(key) else ""

    # -- names ---------------------------------------------------------------------------

    def label(self, concept: str) -> str:
        """The full name of a concept, as a heading."""
        concepts = self.knowledge.vocabulary.concepts
        return concepts[concept].name(self.lang) if concept in concepts else concept

    def name(self, concept: str) -> str:
        """What people call it, for the middle of a sentence."""
        name = self._names.get(concept)
        if name is None:
            name = self._names[concept] = self.find(f"name.{concept}") or self._mid(concept)
        return name

    def names(self, concepts: Iterable[str], shown: int) -> str:
        """Several names, the rest counted: "PTH, albumin and 2 more"."""
        every = list(dict.fromkeys(self.name(concept) for concept in concepts))
        text = ", ".join(every[:shown])
        more = len(every) - shown
        return self.text("and_more", what=text, count=more) if more > 0 else text

    def _mid(self, concept: str) -> str:
        concepts = self.knowledge.vocabulary.concepts
        if concept not in concepts:
            return concept
        entry = concepts[concept]
        by_short = entry.domain in _BY_SHORT_NAME
        return lowered(entry.short(self.lang) if by_short else entry.name(self.lang))

    def site(self, body_site: str | None, side: str | None) -> str:
        """left thigh; arm, both sides."""
        key = (body_site, side)
        text = self._sites.get(key)
        if text is None:
            text = self._sites[key] = self._site(body_site, side)
        return text

    def _site(self, body_site: str | None, side: str | None) -> str:
        if body_site is None:
            return ""
        sites = self.knowledge.vocabulary.body_sites
        known = sites.get(body_site)
        name = body_site if known is None else lowered(known.da if self.lang == "da" else known.en)
        pattern = f"site.{side}" if side in {"left", "right", "both"} else "site.plain"
        return self.text(pattern, site=name)

    # -- values and dates ----------------------------------------------------------------

    def amount(self, fact: Fact) -> Amount | None:
        """The value of a fact in both systems of units."""
        return self.quantities.amount(fact.concept, fact.low, fact.high)

    def chosen(self, amount: Amount) -> str:
        """The value in the units that the reader chose."""
        match self.units:
            case "si":
                return amount.si
            case "conventional":
                return amount.conventional or amount.si
            case "si_beside":
                return amount.both()
            case "conventional_beside":
                return amount.both(conventional_first=True)

    def value(self, fact: Fact) -> str:
        """The value of a fact, or the word given instead of one."""
        amount = self.amount(fact)
        if amount is not None:
            return self.chosen(amount)
        return self.interpretation(fact)

    def interpretation(self, fact: Fact) -> str:
        """The word given instead of a number: high, negative, severe."""
        if not fact.interpretation:
            return ""
        return self.find(f"interpretation.{fact.interpretation}") or fact.interpretation

    def when(self, fact: Fact, as_of: Instant) -> str:
        """When it began or was found, as precisely as is known."""
        return self.dates.span(fact.start_from, fact.start_at, as_of)

    # -- phrases -------------------------------------------------------------------------

    def phrase(self, fact: Fact, as_of: Instant) -> str:
        """The fact in a few words, for the middle of a line."""
        domain = fact.concept.partition(".")[0]
        if domain == "drug":
            text = self._drug(fact, as_of)
        elif is_lasting(fact):
            text = self._lasting(fact, as_of)
        else:
            text = self._found(fact, as_of)
        return self._with_doubt(text, fact)

    def _drug(self, fact: Fact, as_of: Instant) -> str:
        route = self.find(f"route_told.{fact.route}") if fact.route else ""
        where = ", ".join(text for text in (route, self.place(fact)) if text)
        what = _joined([self.name(fact.concept), where])
        if fact.present == "no":
            return self.text("fact.no", what=what, when=self.when(fact, as_of))
        return f"{what} {self.span(fact, as_of)}".strip()

    def _lasting(self, fact: Fact, as_of: Instant) -> str:
        return _joined([self.finding(fact), self.place(fact), self.span(fact, as_of)])

    def place(self, fact: Fact) -> str:
        """Where on the body, unless the name of the finding says it already."""
        if fact.concept in load_page().names_its_site:
            return ""
        return self.site(fact.body_site, fact.side)

    def _found(self, fact: Fact, as_of: Instant) -> str:
        text = _joined([self.finding(fact), self.place(fact), self.when(fact, as_of)])
        return self.text("fact.not_found", what=text) if fact.present == "no" else text

    def finding(self, fact: Fact) -> str:
        """phosphate 2.21 mmol/L; ANA negative; severe pain."""
        name, value = self.name(fact.concept), self.value(fact)
        is_graded = fact.concept.startswith("sign.") and self.amount(fact) is None
        if value and is_graded:
            return self.text("fact.graded", what=name, word=value)
        return _joined([name, value])

    def _with_doubt(self, text: str, fact: Fact) -> str:
        marks = []
        status = self.find(f"status.{fact.status}") if fact.status else ""
        if status:
            marks.append(status)
        if fact.present == "unknown" and not status:
            marks.append(self.text("fact.uncertain"))
        if fact.is_query:
            marks.append(self.text("fact.query"))
        return f"{text} ({', '.join(marks)})" if marks else text

    def span(self, fact: Fact, as_of: Instant) -> str:
        """since Mar 2022; until 3 Nov; stopped, date not known."""
        if fact.end_at is None or fact.end_at > as_of:
            return self.text("fact.since", when=self.began(fact, as_of))
        if fact.end_from is not None and fact.end_from == fact.start_at == fact.end_at:
            return self.when(fact, as_of)
        if fact.end_from is not None and fact.end_from <= fact.start_at:
            return self.text("fact.stopped", when=self.began(fact, as_of))
        end = self.dates.span(fact.end_from or fact.end_at, fact.end_at, as_of)
        return self.text("fact.until", when=end)

    def began(self, fact: Fact, as_of: Instant) -> str:
        """When something lasting began: the day while it is recent, later its month."""
        day = self.when(fact, as_of)
        is_one_day = self.dates.local_day(fact.start_from) == self.dates.local_day(fact.start_at)
        if is_one_day and not self.dates.is_recent(fact.start_at, as_of):
            return self.dates.month(fact.start_at)
        return day

    # -- whole lines ---------------------------------------------------------------------

    def line(self, fact: Fact, as_of: Instant) -> FactLine:
        """The fact with its source, for the second level of an explanation."""
        amount = self.amount(fact)
        return FactLine(
            ref=f"fact:{fact.fact_id}",
            concept=fact.concept,
            label=self.label(fact.concept),
            on=self.dates.span(fact.start_from, fact.start_at),
            value_si=amount.si if amount else self.interpretation(fact),
            value_conventional=amount.conventional if amount else "",
            original=fact.original or "",
            text=capitalised(self.phrase(fact, as_of)),
            body_site=fact.body_site or "",
            side=fact.side or "",
            source=fact.source,
            source_id=fact.source_id,
            matched_by=fact.matched_by,
            is_query=fact.is_query,
            is_date_assumed=fact.is_known_at_assumed,
        )

    def silence_line(self, reference: str) -> FactLine:
        """A declared span in which a domain is silent, named by its evidence reference."""
        _, domain, start = reference.split(":", 2)
        on = self.dates.full(int(start))
        name = self.find(f"domain.{domain}") or domain
        text = self.text("fact.silence", domain=name, when=on)
        return FactLine(ref=reference, concept=domain, label=name, on=on, text=capitalised(text))


def is_lasting(fact: Fact) -> bool:
    """Whether the fact is about a span of time, not about one moment."""
    return fact.present == "yes" and (fact.end_at is None or fact.end_at > fact.start_at)


def lowered(name: str, shortest: int = 3) -> str:
    """A name for the middle of a sentence; abbreviations and symbols keep their capitals."""
    first = name.partition(" ")[0].partition(",")[0]
    is_word = len(first) >= shortest and first[1:].islower() and first[0].isupper()
    return name[0].lower() + name[1:] if is_word else name


def capitalised(text: str) -> str:
    """A phrase for the start of a line."""
    first = text.partition(" ")[0]
    if not first[:1].islower() or not first.rstrip(",.;:").islower():
        return text
    return text[0].upper() + text[1:]


def _joined(words: Iterable[str]) -> str:
    return " ".join(word for word in words if word)
