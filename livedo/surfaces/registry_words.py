"""The texts of the yearly report, and numbers as it writes them: shares, rates, hidden."""

from __future__ import annotations

import functools

from markupsafe import Markup

from livedo.knowledge.files import KNOWLEDGE_FOLDER
from livedo.knowledge.outcomes import load_outcomes
from livedo.knowledge.schema import Text
from livedo.knowledge.standard_populations import load_standard_populations
from livedo.knowledge.wording import Wording, load_wording
from livedo.registry.small_numbers import HIDDEN, Count
from livedo.registry.yearly_parts import Column, Estimate, YearlyReport
from livedo.surfaces.words import Words

NAME = "registry_report"
PER = 10_000
"""Person-years that a rate is given for; the published rates use the same."""

HUNDRED = 100
DASHES_OF_A_DAY = 2
PRINTED_DIGITS = 2


class RegistryWords(Words):
    """Texts by a key of the report (`steps.title`), and numbers in the reader's language."""

    def said(self, key: str, **values: object) -> str:
        """A text of the report."""
        return self.text(f"{NAME}.{key}", **values)

    def has(self, key: str) -> bool:
        """Whether the report has such a text."""
        return self.find(f"{NAME}.{key}") is not None

    def carried(self, key: str) -> tuple[str, ...]:
        """The statements of literature that a text of the report carries."""
        return self.because(f"{NAME}.{key}")

    def or_id(self, key: str, id: str) -> str:
        """The text of `key.id`, or the id itself: centres have names of their own."""
        return self.said(f"{key}.{id}") if self.has(f"{key}.{id}") else id

    def every_key(self) -> list[str]:
        """Every key of every file, sorted."""
        return self.keys()

    def in_order(self) -> list[str]:
        """Every key in the order of its file."""
        return list(self._wording.entries)

    def _full(self, key: str) -> str:
        own = key.partition(".")[0]
        return key if own in OWN else super()._full(key)

    @property
    def wording(self) -> Wording:
        """The texts themselves."""
        return self._wording

    # -- numbers ---------------------------------------------------------------------------

    def number(self, count: Count | None) -> Markup:
        """A count as it may be shown; hidden is a word of its own."""
        if count is None:
            return self.nothing
        if count is HIDDEN:
            return self.hidden
        return Markup(self.whole(int(count)))

    @property
    def hidden(self) -> Markup:
        """A number that is not shown, as it looks on the page."""
        return Markup('<span class="hid">{}</span>').format(self.said("hidden"))

    @property
    def nothing(self) -> Markup:
        """Where there is nobody to speak of."""
        return Markup(self.said("none"))

    def plain(self, count: Count | None) -> str:
        """The same for a figure, without its look."""
        return str(self.number(count).striptags())

    def share(self, value: float) -> str:
        """A share of people as per cent: 0.83 %, 4.1 %, 57 %."""
        return self.said("percent", n=self.short(value * HUNDRED))

    def rate(self, value: float) -> str:
        """A rate a person-year as cases per PER."""
        return self.short(value * PER)

    def short(self, value: float, digits: int | None = None) -> str:
        """About three figures: 0.83, 5.7, 12.4, 350."""
        return self.decimal(value, digits_of(value) if digits is None else digits)

    def tick(self, value: float) -> str:
        """A number of an axis, as short as it can be."""
        return f"{value:g}".replace(".", self.text("number.decimal"))

    def printed(self, value: float) -> str:
        """A published number with the digits it was printed with: 4.1, 1.24, 60."""
        return self.tick(round(value, PRINTED_DIGITS))

    def ends(self, low: float, high: float, value: float) -> str:
        """Two ends with as many digits as a value between them; nothing is 0."""
        digits = digits_of(value)
        ends = (self.short(end, digits) if end else "0" for end in (low, high))
        return self.said("interval", low=next(ends), high=next(ends))

    def of(self, text: Text) -> str:
        """A text of the knowledge in the reader's language."""
        return text.da if self.lang == "da" else text.en

    def day(self, text: str) -> str:
        """`2025-12-31` as people write it; a year stays a year."""
        if text.count("-") != DASHES_OF_A_DAY:
            return text
        year, month, day = text.split("-")
        name = self.text(f"act.month.{int(month)}")
        return self.said("day", day=int(day), month=name, year=year)

    def interval(self, estimate: Estimate, factor: float = 1.0) -> str:
        """Both ends, with as many digits as the value; of nothing, as the upper end needs."""
        if estimate.low is None or estimate.high is None:
            return ""
        low, high = estimate.low * factor, estimate.high * factor
        return self.ends(low, high, estimate.value * factor or high)

    # -- names -----------------------------------------------------------------------------

    def definition(self, id: str) -> str:
        """The name of a definition."""
        own = f"definition.{id}"
        return self.said(own) if self.has(own) else self.text(f"certainty.name.{id}")

    def level(self, column: Column) -> str:
        """The name of a level."""
        if column.definition == "register":
            return self.said(f"register_level.{column.level}")
        return self.text(f"certainty.level.{column.level}")

    def group(self, by: str, group: str) -> str:
        """The name of a group; a centre has its own."""
        outcomes = load_outcomes().groupings
        found = next((each for each in outcomes if each.id == by), None)
        value = next((v for v in found.values if v.id == group), None) if found else None
        return self.of(value.label) if value else self.or_id("group", group)

    def standard(self, id: str) -> str:
        """The name of a standard population."""
        found = load_standard_populations().get(id)
        return self.of(found.label) if found else self.said("standard_none")

    def delay(self, id: str) -> str:
        """The name of a delay."""
        found = next((each for each in load_outcomes().delays if each.id == id), None)
        return self.of(found.label) if found else id


OWN = frozenset({NAME, "registry_methods", "certainty", "act", "set_aside"})
"""Files of texts that the report reads besides those of the surfaces."""


def digits_of(value: float) -> int:
    """Decimals that leave two or three figures."""
    size = abs(value)
    return 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 3 if size else 0


def as_of_text(report: YearlyReport, words: RegistryWords) -> str:
    """The moment of the report, where the patients are."""
    from livedo.act.dates_in_words import DateWords

    return DateWords(words.wording, report.made.time_zone).moment(report.made.as_of)


@functools.cache
def registry_words(lang: str) -> RegistryWords:
    """The texts of one language."""
    return RegistryWords(load_wording(KNOWLEDGE_FOLDER, lang))
