"""The case report form: its forms and fields, what fills them, why each is asked, and which
texts are an answer.

Answers are texts. A date is as exact as it is known (2026, 2026-03, 2026-03-14), a number is
decimal (7.4), a choice is its id, `unknown` may be said of everything, and a blank says nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.schema import Text
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.knowledge.wording import Wording

FieldType = Literal["date", "number", "whole", "yes_no", "choice", "text"]
ChoicesFrom = Literal["", "body_sites", "sides", "routes", "units", "concepts"]

UNKNOWN = "unknown"
"""The word for what nobody knows; a blank is something else."""

INSTANCES_AT_MOST = 99
"""More lesions, drugs or results than a form is asked for; what the record holds may exceed it."""

HowField = Literal[
    "birth_year",
    "sex",
    "centre",
    "level",
    "level_on",
    "first_sign",
    "first_contact",
    "first_on",
    "ever",
    "ever_until_diagnosis",
    "ever_since_sign",
    "first_since_sign_on",
    "choice_ever",
    "choice_since_sign",
    "choice_since_sign_on",
    "choice_at_diagnosis",
    "newest_at_diagnosis",
    "newest_since",
    "newest_before",
    "number_at_diagnosis",
    "first_number",
    "first_word",
    "during_first",
    "all_healed_on",
    "new_lesions",
    "alive_on",
    "is_dead",
    "died_on",
]
"""What the record can be asked about the person; `docs/reference/register.md` says each."""

HowItem = Literal[
    "item_key",
    "item_on",
    "item_body_site",
    "item_side",
    "item_site_class",
    "item_ever",
    "item_first_on",
    "item_largest",
    "item_latest",
    "item_latest_on",
    "item_healed_on",
    "item_choice",
    "item_choice_then",
    "item_finding",
    "item_concept",
    "item_is_ongoing",
    "item_stop_on",
    "item_dose",
    "item_dose_unit",
    "item_route",
    "item_value",
    "item_bound",
    "item_unit",
    "item_upper_limit",
    "item_moment",
]
"""What the record can be asked about one lesion, drug, result or test."""

HowItems = Literal["lesions", "drug_courses", "results_at_moments", "results_by_quarter", "tests"]
"""What a form that repeats is asked once for."""

WhyNot = Literal[
    "not_a_date",
    "too_early",
    "not_a_number",
    "not_whole",
    "out_of_range",
    "not_a_choice",
    "too_long",
    "not_text",
]
"""Why a text is no answer; `register_form.<word>` says it to people."""

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)


class _Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Choice(_Shape, frozen=True, kw_only=True):
    """One word a field may hold."""

    id: str
    label: Text
    of: tuple[str, ...] = ()
    """What of the record it stands for: concepts, levels (`ours/probable`), classes of places."""
    refuted: tuple[str, ...] = ()
    """Concepts whose denial it stands for."""
    limits: dict[str, tuple[float, float]] = {}
    """Narrower ranges of other fields of the form, once this was chosen."""


class Prefill(_Shape, frozen=True, kw_only=True):
    """Where the record may answer a field. `how` is one of a closed set."""

    how: HowField | HowItem
    of: tuple[str, ...] = ()
    """Concepts, as `how` needs them."""
    or_of: tuple[str, ...] = ()
    """Concepts that count too, unless the record holds one of `unless`."""
    unless: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    """Concepts whose first result gives the moment asked about."""
    field: str = ""
    """Another field of the form, whose choices are meant."""


class Items(_Shape, frozen=True, kw_only=True):
    """What the record holds several of, so that a form is asked once for each."""

    how: HowItems
    of: tuple[str, ...] = ()
    or_of: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    """Concepts whose denial says that nothing is at a place: what comes back there is new."""
    by: str = ""
    """The field whose choices tell one series from another."""


class Field(_Shape, frozen=True, kw_only=True):
    """One question of a form."""

    id: str
    label: Text
    type: FieldType
    unit: str | None = None
    choices: tuple[Choice, ...] = ()
    choices_from: ChoicesFrom = ""
    concepts_in: str = ""
    """The domain whose concepts are the choices, with `choices_from: concepts`."""
    range: tuple[float, float] | None = None
    is_required: bool = False
    """Counts in the report of completeness."""
    is_sensitive: bool = False
    """Off: no page asks it, the record never fills it; a centre that may record it imports it."""
    is_reference: bool = False
    """Sent along, not asked: ties what was entered to what the record holds."""
    prefill: Prefill | None = None
    because: tuple[str, ...] = ()
    """Items of evidence and claims that justify asking."""
    note: Text | None = None

    def choice(self, id: str) -> Choice | None:
        """The choice of this id."""
        return next((choice for choice in self.choices if choice.id == id), None)


class Form(_Shape, frozen=True, kw_only=True):
    """Questions that are asked together; `repeats` once a lesion, a drug, a test."""

    id: str
    title: Text
    fields: tuple[Field, ...]
    repeats: bool = False
    prefill: Items | None = None

    def field(self, id: str) -> Field | None:
        """The field of this id."""
        return next((field for field in self.fields if field.id == id), None)


class CaseReportForm(_Shape, frozen=True, kw_only=True):
    """The whole of `knowledge/registry/fields.yaml`."""

    version: int
    earliest_year: int
    text_at_most: int
    words: dict[str, Text]
    """What `yes`, `no` and `unknown` are called."""
    forms: tuple[Form, ...]

    def form(self, id: str) -> Form | None:
        """The form of this id."""
        return next((form for form in self.forms if form.id == id), None)

    def field(self, form: str, field: str) -> Field | None:
        """The field of this id in the form of that id."""
        found = self.form(form)
        return None if found is None else found.field(field)


@functools.cache
def load_case_report_form() -> CaseReportForm:
    """The shipped form, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "registry" / "fields.yaml", CaseReportForm)


def choices_of(field: Field) -> tuple[Choice, ...]:
    """Every word a field may hold, in the order to show them, `unknown` last; none where it is
    open: a date, a number, a text."""
    words = load_case_report_form().words
    if field.type == "yes_no":
        return tuple(Choice(id=id, label=label) for id, label in words.items())
    if field.type != "choice":
        return ()
    return (*_own_choices(field), Choice(id=UNKNOWN, label=words[UNKNOWN]))


def is_valid(field: Field, text: str) -> bool:
    """Whether a text is an answer to a field; a blank is, and takes an answer back."""
    return why_not(field, text) is None


def why_not(field: Field, text: str) -> WhyNot | None:
    """Why a text is no answer to a field; None if it is one."""
    if text in ("", UNKNOWN):
        return None
    if field.type == "text":
        return _why_no_text(text)
    if field.type == "date":
        return _why_no_date(text)
    if field.type in ("number", "whole"):
        return _why_no_number(field, text)
    return None if text in _ids(field) else "not_a_choice"


def reason_in_words(field: Field, why: WhyNot, words: Wording) -> str:
    """Why a text is no answer to a field, as one says it to whoever wrote it."""
    form = load_case_report_form()
    low, high = (f"{number:g}" for number in field.range or (0, 0))
    return words.text(
        f"register_form.{why}",
        low=low,
        high=high,
        year=form.earliest_year,
        most=form.text_at_most,
    )


def outside_limits(form: Form, values: Mapping[str, str]) -> list[str]:
    """Fields whose number does not fit what was chosen beside it: 50 on a scale from 0 to 10."""
    wrong = []
    for field in form.fields:
        choice = field.choice(values.get(field.id, ""))
        for other, (low, high) in ({} if choice is None else choice.limits).items():
            number = values.get(other, "")
            if _NUMBER.fullmatch(number) and not low <= float(number) <= high:
                wrong.append(other)
    return wrong


def tidied(field: Field, text: str) -> str:
    """What somebody typed as an answer is kept: no spaces around it, a decimal point."""
    text = text.strip()
    if field.type in ("number", "whole") and text.count(",") == 1 and "." not in text:
        return text.replace(",", ".")
    return text


def date_parts(text: str) -> tuple[int, int | None, int | None] | None:
    """Year, month and day of a date as exact as it is known; None if it is no date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (None if part is None else int(part) for part in match.groups())
    try:
        date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    return year or 0, month, day


def _why_no_text(text: str) -> WhyNot | None:
    if not all(letter.isprintable() or letter in "\n\t" for letter in text):
        return "not_text"
    return "too_long" if len(text) > load_case_report_form().text_at_most else None


def _why_no_date(text: str) -> WhyNot | None:
    parts = date_parts(text)
    if parts is None:
        return "not_a_date"
    return "too_early" if parts[0] < load_case_report_form().earliest_year else None


def _why_no_number(field: Field, text: str) -> WhyNot | None:
    if _NUMBER.fullmatch(text) is None:
        return "not_a_number"
    if field.type == "whole" and _WHOLE.fullmatch(text) is None:
        return "not_whole"
    low, high = field.range or (float("-inf"), float("inf"))
    return None if low <= float(text) <= high else "out_of_range"


def _ids(field: Field) -> frozenset[str]:
    if field.type == "yes_no":
        return frozenset(load_case_report_form().words)
    if field.choices_from == "":
        return frozenset(choice.id for choice in field.choices)
    return _ids_from(field.choices_from, field.concepts_in)


@functools.cache
def _ids_from(source: ChoicesFrom, domain: str) -> frozenset[str]:
    return frozenset(choice.id for choice in _choices_from(source, domain))


def _own_choices(field: Field) -> tuple[Choice, ...]:
    return field.choices or _choices_from(field.choices_from, field.concepts_in)


@functools.cache
def _choices_from(source: ChoicesFrom, domain: str) -> tuple[Choice, ...]:
    """The choices that other knowledge holds."""
    vocabulary = load_vocabulary()
    if source == "body_sites":
        named = {id: Text(site.en, site.da) for id, site in vocabulary.body_sites.items()}
    elif source == "sides":
        named = {str(id): Text(side.en, side.da) for id, side in vocabulary.sites.sides.items()}
    elif source == "routes":
        named = {id: Text(route.en, route.da) for id, route in vocabulary.routes.items()}
    elif source == "units":
        named = {unit: Text(unit, unit) for unit in _units()}
    else:
        concepts = vocabulary.concepts.values()
        named = {c.id: Text(c.en, c.da) for c in concepts if c.domain == domain}
    return tuple(Choice(id=id, label=label) for id, label in named.items())


def _units() -> list[str]:
    """Every unit of measure that some laboratory result may have."""
    units = load_vocabulary().units
    labs = [concept for concept in units.concepts() if concept.startswith("lab.")]
    return sorted({unit for concept in labs for unit in units.units_of(concept)})
