"""Values of results: numbers with units of measure, titres, words.

Every reading ends in a `Value` or in the id of a reason why there is none.
Nothing is clipped, converted without a known factor, or guessed.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import msgspec

from livedo.errors import UnknownUnit
from livedo.quantity import Scale
from livedo.record.tables import Present
from livedo.sources.fhir_codes import REMEMBERED, Codes, given
from livedo.sources.fhir_types import ABSENT, Quantity, Range, Ratio, Valued

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

NO_VALUE = "no_value"
NO_UNIT = "no_unit"
UNKNOWN_UNIT = "unknown_unit"
UNITS_DISAGREE = "units_disagree"
IMPOSSIBLE = "impossible_value"
UNREADABLE = "unreadable_value"

TITRE = "{titer}"
_TITRE_TEXT = re.compile(r"1\s*:\s*(\d+)")
_NUMBER_TEXT = re.compile(
    r"(?P<sign>[<>]=?|≤|≥)?\s*(?P<number>[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s*(?P<unit>\S.*)?"
)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_SIGNS = {"≤": "<=", "≥": ">="}


class ReferenceRange(msgspec.Struct, frozen=True, kw_only=True):
    """The interval a laboratory calls ordinary."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: msgspec.Raw = msgspec.Raw()
    text: str | None = None


class Value(msgspec.Struct, frozen=True, gc=False):
    """What a result says: an interval, or a word, and the source's own text."""

    low: float | None = None
    high: float | None = None
    interpretation: str | None = None
    present: Present = "yes"
    original: str | None = None
    unit: str | None = None


_quantity_decoder: msgspec.json.Decoder[Quantity | None] = msgspec.json.Decoder(Quantity | None)
_ranges_decoder: msgspec.json.Decoder[tuple[ReferenceRange, ...] | None] = msgspec.json.Decoder(
    tuple[ReferenceRange, ...] | None
)


class Values:
    """Reads values of results with one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, codes: Codes) -> None:
        self.vocabulary = vocabulary
        self.codes = codes
        self.units = vocabulary.units
        self._scales: dict[tuple[str, str | None, str | None], Scale | str] = {}
        self._quantities: dict[tuple[bytes, str], Value | str] = {}
        self._bounds: dict[str, tuple[float | None, float | None]] = {}
        self._ranges: dict[tuple[bytes, str, str | None], _Reference] = {}

    def is_quantity(self, concept: str) -> bool:
        """Whether values of this concept are numbers with a unit of measure."""
        return concept in self.units

    def of(self, item: Valued, concept: str) -> Value | str:
        """The value of an Observation or a component, or the reason why there is none."""
        if item.value_quantity is not ABSENT:
            measured = self.measured(bytes(item.value_quantity), concept)
            if measured is not None:
                return measured
        return self._otherwise(item, concept)

    def measured(self, raw: bytes, concept: str) -> Value | str | None:
        """A Quantity, None if there is none; laboratories repeat the same few numbers
        again and again."""
        known = self._quantities.get((raw, concept))
        if known is None:
            quantity = _quantity_decoder.decode(raw)
            if quantity is None:
                return None
            if len(self._quantities) >= REMEMBERED:
                self._quantities.clear()
            known = self._quantities[raw, concept] = self.quantity(quantity, concept)
        return known

    def _otherwise(self, item: Valued, concept: str) -> Value | str:
        if item.value_boolean is not None:
            return self._boolean(item.value_boolean, concept)
        if item.value_string is not None:
            return self.text(item.value_string, concept)
        if item.value_integer is not None:
            return self.quantity(Quantity(value=float(item.value_integer)), concept)
        if item.value_ratio is not None:
            return self._ratio(item.value_ratio, concept)
        if item.value_range is not None:
            return self._range(item.value_range, concept)
        if coded := given(item.value_concept):
            return self._coded(coded, concept)
        others = (item.value_date_time, given(item.value_period), given(item.value_sampled))
        if any(others) or given(item.value_time):
            return UNREADABLE
        return self._without_value(item, concept)

    def quantity(self, quantity: Quantity, concept: str) -> Value | str:
        """A number, with `<` and `>` as an open interval."""
        value = quantity.value
        if value is None:
            return NO_VALUE
        scale = self._scale(concept, quantity.code, quantity.unit)
        if isinstance(scale, str):
            return scale
        canonical = scale.to_canonical(value)
        comparator = quantity.comparator
        if not self._is_possible(concept, canonical, comparator):
            return IMPOSSIBLE
        unit = quantity.unit or quantity.code
        shown = f"{comparator or ''}{value:.15g}" + (f" {unit}" if unit else "")
        low, high = _interval(canonical, comparator)
        return Value(low, high, None, "yes", shown, unit)

    def _scale(self, concept: str, code: str | None, unit: str | None) -> Scale | str:
        known = self._scales.get((concept, code, unit))
        if known is None:
            known = self._find_scale(concept, code, unit)
            self._scales[concept, code, unit] = known
        return known

    def _find_scale(self, concept: str, code: str | None, unit: str | None) -> Scale | str:
        if concept not in self.units:
            return UNKNOWN_UNIT
        found = [s for u in (code, unit) if u and (s := self._accepted(concept, u))]
        if len(found) == 2 and not _same(*found):
            return UNITS_DISAGREE
        if found:
            return found[0]
        if code or unit:
            return UNKNOWN_UNIT
        return self._accepted(concept, None) or NO_UNIT

    def _accepted(self, concept: str, unit: str | None) -> Scale | None:
        try:
            return self.units.scale(concept, unit)
        except UnknownUnit:
            return None

    def _is_possible(self, concept: str, value: float, comparator: str | None) -> bool:
        if not math.isfinite(value):
            return False
        low, high = self._bounds_of(concept)
        if comparator in ("<", "<="):
            return low is None or value >= low
        return (low is None or value >= low) and (high is None or value <= high)

    def _bounds_of(self, concept: str) -> tuple[float | None, float | None]:
        bounds = self._bounds.get(concept)
        if bounds is None:
            low, high = self.units.plausible(concept) or (None, None)
            if low is None and concept.startswith("lab."):
                low = math.ulp(0.0)
            bounds = self._bounds[concept] = (low, high)
        return bounds

    def text(self, text: str, concept: str) -> Value | str:
        """A value someone typed: ">2500 pg/mL", "1:320", "negative", "2,31 mmol/L"."""
        stripped = text.strip()
        if word := self.codes.meaning.word(stripped):
            return self._worded(word.interpretation, word.present, concept, stripped)
        if titre := _TITRE_TEXT.fullmatch(stripped):
            return self._titre(float(titre[1]), concept, stripped)
        match = _NUMBER_TEXT.fullmatch(stripped)
        if match is None or _GROUPED.fullmatch(match["number"]):
            return UNREADABLE
        quantity = Quantity(
            value=float(match["number"].replace(",", ".")),
            comparator=_SIGNS.get(match["sign"], match["sign"]),
            unit=match["unit"],
        )
        return self.quantity(quantity, concept)

    def _titre(self, titre: float, concept: str, shown: str) -> Value | str:
        value = self.quantity(Quantity(value=titre, unit=TITRE), concept)
        return value if isinstance(value, str) else msgspec.structs.replace(value, original=shown)

    def _ratio(self, ratio: Ratio, concept: str) -> Value | str:
        above, below = ratio.numerator, ratio.denominator
        if above is None or below is None or above.value is None or below.value is None:
            return NO_VALUE
        if above.value != 1 or above.unit or below.unit:
            return UNREADABLE
        return self._titre(below.value, concept, f"1:{below.value:.15g}")

    def _range(self, span: Range, concept: str) -> Value | str:
        ends = [self.quantity(q, concept) if q else None for q in (span.low, span.high)]
        for end in ends:
            if isinstance(end, str):
                return end
        low, high = (end.low if isinstance(end, Value) else None for end in ends)
        if low is None and high is None:
            return NO_VALUE
        shown = " – ".join(e.original or "" for e in ends if isinstance(e, Value))
        return Value(low, high, None, "yes", shown)

    def _boolean(self, value: bool, concept: str) -> Value | str:
        word = "positive" if value else "negative"
        present: Present = "yes" if value else "no"
        return self._worded(word, present, concept, "true" if value else "false")

    def _coded(self, raw: bytes, concept: str) -> Value | str:
        coded = self.codes.code(raw)
        word = self.codes.word(raw)
        if word is not None:
            return self._worded(word.interpretation, word.present, concept, coded.text)
        if coded.text and not coded.codings:
            return self.text(coded.text, concept)
        return UNREADABLE

    def _worded(
        self, interpretation: str | None, present: Present | None, concept: str, shown: str | None
    ) -> Value | str:
        """A laboratory result keeps the word; a finding is there, or is not."""
        if concept.startswith(("lab.", "body.", "dialysate.")):
            if interpretation is None:
                return UNREADABLE
            return Value(None, None, interpretation, "yes", shown)
        if present is None:
            return UNREADABLE
        graded = None if interpretation in ("positive", "negative") else interpretation
        return Value(None, None, graded, present, shown)

    def _without_value(self, item: Valued, concept: str) -> Value | str:
        """No value: the laboratory's interpretation can still say something."""
        word = self.codes.interpretation(given(item.interpretation) or b"null")
        if word is None or word == "unknown":
            return NO_VALUE
        present: Present | None = {"positive": "yes", "negative": "no"}.get(word)  # type: ignore[assignment]
        return self._worded(word, present, concept, None)

    def reference(
        self, raw: bytes, concept: str, unit: str | None
    ) -> tuple[float | None, float | None]:
        """The reference interval in the canonical unit; open where it cannot be read."""
        key = (raw, concept, unit)
        known = self._ranges.get(key)
        if known is None:
            if len(self._ranges) >= REMEMBERED:
                self._ranges.clear()
            known = self._ranges[key] = self._reference(raw, concept, unit)
        return known

    def _reference(self, raw: bytes, concept: str, unit: str | None) -> _Reference:
        for found in _ranges_decoder.decode(raw) or ():
            if not _is_normal(found):
                continue
            low, high = (self._limit(q, concept, unit) for q in (found.low, found.high))
            if low is not None or high is not None:
                return low, high
        return None, None

    def _limit(self, limit: Quantity | None, concept: str, unit: str | None) -> float | None:
        if limit is None or limit.value is None:
            return None
        scale = self._scale(concept, limit.code, limit.unit or (None if limit.code else unit))
        return None if isinstance(scale, str) else scale.to_canonical(limit.value)


_Reference = tuple[float | None, float | None]


def _is_normal(found: ReferenceRange) -> bool:
    """A range without a type is the ordinary one; a therapeutic or critical one is not."""
    kind = bytes(found.type)
    return not kind or b'"normal"' in kind


def _same(a: Scale, b: Scale) -> bool:
    return (a.times, a.divided_by, a.zero_at) == (b.times, b.divided_by, b.zero_at)


def _interval(value: float, comparator: str | None) -> tuple[float | None, float | None]:
    if comparator in ("<", "<="):
        return None, value
    if comparator in (">", ">="):
        return value, None
    return value, value
