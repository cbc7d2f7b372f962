"""The case report form: its forms and fields, what fills them, and why each is asked."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.schema import Text

FieldType = Literal["date", "number", "whole", "yes_no", "choice", "text"]


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One word a field may hold."""

    id: str
    label: Text


class Prefill(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the record may answer a field. `how` is one of a closed set."""

    how: str
    of: tuple[str, ...] = ()
    """Concepts, rules or definitions, as `how` needs them."""


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question of a form."""

    id: str
    label: Text
    type: FieldType
    unit: str | None = None
    choices: tuple[Choice, ...] = ()
    choices_from: Literal["", "body_sites", "sides", "concepts"] = ""
    range: tuple[float, float] | None = None
    is_required: bool = False
    """Counts in the report of completeness."""
    prefill: Prefill | None = None
    because: tuple[str, ...] = ()
    """Items of evidence and claims that justify asking."""
    note: Text | None = None


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Questions that are asked together; `repeats` once a lesion, a drug, a test."""

    id: str
    title: Text
    fields: tuple[Field, ...]
    repeats: bool = False

    def field(self, id: str) -> Field | None:
        """The field of this id."""
        return next((field for field in self.fields if field.id == id), None)


class CaseReportForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `knowledge/registry/fields.yaml`."""

    version: int
    forms: tuple[Form, ...]

    def form(self, id: str) -> Form | None:
        """The form of this id."""
        return next((form for form in self.forms if form.id == id), None)


@functools.cache
def load_case_report_form() -> CaseReportForm:
    """The shipped form, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "registry" / "fields.yaml", CaseReportForm)
