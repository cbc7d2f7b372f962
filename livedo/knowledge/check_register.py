"""Checks of the case report form: ids exist, words in both languages, ranges can be met."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, get_args

import msgspec

from livedo.knowledge.check_references import Known
from livedo.knowledge.mistakes import Document, Report
from livedo.knowledge.register import (
    UNKNOWN,
    CaseReportForm,
    Choice,
    Field,
    Form,
    HowField,
    HowItem,
    Items,
    Prefill,
)

FOLDER = "registry/"
FILE = FOLDER + "fields.yaml"
DEFINITIONS = "definitions.yaml"

YES_NO_WORDS = ("yes", "no", UNKNOWN)

_OF_DOMAINS = ("alive_on",)
"""Words of `how` whose `of` names whole domains."""

_STEP = re.compile(r"\.([A-Za-z_]+)|\[(\d+)\]")

Path = tuple[str | int, ...]


class At(NamedTuple):
    """One part of the form and where it stands."""

    document: Document
    path: Path
    known: Known
    report: Report

    def of(self, *steps: str | int) -> At:
        """A part of this part."""
        return self._replace(path=(*self.path, *steps))

    def wrong(self, code: str, **values: str) -> None:
        """Notes a mistake here."""
        self.report.add(self.document, self.path, code, meant=None, **values)

    def names(self, code: str, names: Iterable[str], exist: Collection[str]) -> None:
        """Notes every name of a list that does not exist."""
        for i, name in enumerate(names):
            if name not in exist:
                meant = (name, exist)
                self.report.add(self.document, (*self.path, i), code, meant=meant, name=name)


def check_register(documents: Mapping[str, Document], known: Known, report: Report) -> None:
    """Every mistake of the case report form, and unknown claims in the files beside it."""
    for name, other in documents.items():
        if name.startswith(FOLDER) and name != FILE:
            _check_claims(At(other, (), known, report), other.plain)
    document = documents.get(FILE)
    if document is not None:
        _check_file(At(document, (), known, report), documents)


def _check_claims(at: At, plain: object) -> None:
    """Every claim that a `because` names anywhere in a file."""
    if isinstance(plain, dict):
        for key, value in plain.items():
            if key == "because" and isinstance(value, list):
                at.of(key).names("unknown_claim", map(str, value), at.known.claims)
            else:
                _check_claims(at.of(key), value)
    elif isinstance(plain, list):
        for i, value in enumerate(plain):
            _check_claims(at.of(i), value)


def _check_file(at: At, documents: Mapping[str, Document]) -> None:
    document = at.document
    try:
        form = msgspec.convert(document.plain, CaseReportForm)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        at.of(*_steps(place)).wrong("wrong_shape", field=place.strip("`"), problem=problem)
        return
    at.of("words").names("register_word", YES_NO_WORDS, form.words)
    _once(at.of("forms"), [one.id for one in form.forms])
    levels = frozenset(_levels(documents))
    for i, one in enumerate(form.forms):
        _check_form(at.of("forms", i), one, levels)


def _steps(place: str) -> Path:
    """The steps of a place as msgspec writes it."""
    return tuple(name or int(number) for name, number in _STEP.findall(place))


def _levels(documents: Mapping[str, Document]) -> Iterator[str]:
    """The levels of every definition: `ours/probable`."""
    document = documents.get(DEFINITIONS)
    definitions = None if document is None else document.plain
    for one in definitions if isinstance(definitions, list) else ():
        for level in one.get("levels", ()):
            yield f"{one.get('id')}/{level.get('id')}"


def _once(at: At, ids: list[str]) -> None:
    for i, id in enumerate(ids):
        if id in ids[:i]:
            at.of(i).wrong("repeated_id", id=id)


def _check_form(at: At, form: Form, levels: Collection[str]) -> None:
    _once(at.of("fields"), [field.id for field in form.fields])
    ids = frozenset(field.id for field in form.fields)
    if form.prefill is not None:
        _check_items(at.of("prefill"), form, form.prefill, ids)
    for i, field in enumerate(form.fields):
        here = at.of("fields", i)
        _check_choices(here, field, form)
        _check_range(here, field)
        here.of("because").names("unknown_claim", field.because, at.known.claims)
        if not field.because:
            here.wrong("missing_field", field="because")
        if field.prefill is not None:
            _check_prefill(here.of("prefill"), form, field, field.prefill)
            _check_meant(here, field, field.prefill, levels)


def _check_items(at: At, form: Form, items: Items, ids: Collection[str]) -> None:
    for name in ("of", "or_of", "unless", "clear"):
        at.of(name).names("unknown_concept", getattr(items, name), at.known.concepts)
    if not form.repeats:
        at.wrong("register_repeats")
    if items.by and items.by not in ids:
        at.of("by").wrong("unknown_field", field=items.by)
    if not any(field.is_reference for field in form.fields):
        at.wrong("register_reference")


def _check_prefill(at: At, form: Form, field: Field, prefill: Prefill) -> None:
    hows = get_args(HowItem if form.repeats else HowField)
    if prefill.how not in hows:
        at.of("how").wrong("not_one_of", value=prefill.how, allowed=", ".join(hows))
    if field.is_sensitive:
        at.wrong("register_sensitive", field=field.id)
    if prefill.field and form.field(prefill.field) is None:
        at.of("field").wrong("unknown_field", field=prefill.field)
    for name in ("or_of", "unless", "at"):
        at.of(name).names("unknown_concept", getattr(prefill, name), at.known.concepts)
    exist = at.known.concepts
    if prefill.how in _OF_DOMAINS:
        exist = {concept.partition(".")[0] for concept in exist}
    at.of("of").names("unknown_concept", prefill.of, exist)


def _check_choices(at: At, field: Field, form: Form) -> None:
    _once(at.of("choices"), [choice.id for choice in field.choices])
    has_own, has_other = bool(field.choices), bool(field.choices_from)
    if (has_own + has_other) != (field.type == "choice"):
        at.wrong("register_choices", field=field.id)
    if (field.choices_from == "concepts") != bool(field.concepts_in):
        at.wrong("register_choices", field=field.id)
    for i, choice in enumerate(field.choices):
        here = at.of("choices", i)
        if choice.id == UNKNOWN:
            here.of("id").wrong("register_unknown")
        _check_limits(here.of("limits"), choice, form)


def _check_limits(at: At, choice: Choice, form: Form) -> None:
    for name, (low, high) in choice.limits.items():
        other = form.field(name)
        if other is None:
            at.wrong("unknown_field", field=name)
        elif other.range is None or not other.range[0] <= low < high <= other.range[1]:
            at.of(name).wrong("register_range", field=name)


def _check_range(at: At, field: Field) -> None:
    if (field.range is not None) != (field.type in ("number", "whole")):
        at.wrong("register_range", field=field.id)
    elif field.range is not None and not field.range[0] < field.range[1]:
        at.of("range").wrong("register_range", field=field.id)


def _check_meant(at: At, field: Field, prefill: Prefill, levels: Collection[str]) -> None:
    """What the choices stand for: levels, classes of body sites, or concepts."""
    code, exist = "unknown_concept", at.known.concepts
    if prefill.how == "level":
        code, exist = "register_level", levels
    elif prefill.how == "item_site_class":
        code, exist = "unknown_body_site", at.known.body_sites
    for i, choice in enumerate(field.choices):
        at.of("choices", i, "of").names(code, choice.of, exist)
        at.of("choices", i, "refuted").names("unknown_concept", choice.refuted, at.known.concepts)
