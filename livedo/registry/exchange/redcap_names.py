"""Names and codes of the form as REDCap takes them: stable, made from our ids alone.

A field name of REDCap has lower-case letters, digits and underscores, begins with a letter, is the
only one of its name in a project, and should have at most 26 characters.
"""

from __future__ import annotations

import re

from livedo.knowledge.register import CaseReportForm, Field, Form, choices_of

RECORD_ID = "record_id"
PERSON_ID = "person_id"
ORIGIN = "origin"
REMOVED = "removed"
COMPLETE = "complete"
LONGEST_NAME = 26
_LEGAL = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class RedcapForm:
    """The form with its names and raw codes in REDCap."""

    def __init__(self, form: CaseReportForm) -> None:
        self.form = form
        self._names = field_names(form)
        self._codes = {
            (one.id, field.id): codes_of(field) for one in form.forms for field in one.fields
        }
        self._words = {
            place: {code: word for word, code in codes.items()}
            for place, codes in self._codes.items()
        }

    def name(self, form: Form, id: str) -> str:
        """The name of a field, or of what we add to every form (REMOVED, ORIGIN)."""
        return self._names[form.id, id]

    def codes(self, form: Form, id: str) -> dict[str, str]:
        """The raw code of every word of a field; empty where any text may stand."""
        return self._codes.get((form.id, id), {})

    def coded(self, form: Form, id: str, text: str) -> str:
        """A text as REDCap takes it in this field; empty where it takes it in none."""
        codes = self.codes(form, id)
        return codes.get(text, "") if codes else text

    def decoded(self, form: Form, id: str, raw: str) -> str:
        """The word of a raw code, or what else stands there."""
        return self._words.get((form.id, id), {}).get(raw, raw)


def ids_of(form: Form) -> list[str]:
    """The fields of a form in REDCap, ours at the end."""
    return [*(field.id for field in form.fields), REMOVED, ORIGIN]


def field_names(form: CaseReportForm) -> dict[tuple[str, str], str]:
    """The REDCap name of every field, and of what we add to every form."""
    names = {(one.id, id): name_of(one.id, id) for one in form.forms for id in ids_of(one)}
    if len(set(names.values())) < len(names):
        raise ValueError("two fields of the form have one name in REDCap")
    return names


def name_of(form: str, field: str) -> str:
    """`FORM_FIELD`; while that is too long, its longest word loses a letter, the last of equals."""
    words = f"{form}_{field}".lower().split("_")
    while len("_".join(words)) > LONGEST_NAME:
        longest = max(range(len(words)), key=lambda place: (len(words[place]), place))
        words[longest] = words[longest][:-1]
    name = "_".join(words)
    if not _LEGAL.fullmatch(name):
        raise ValueError(f"{form}.{field} has no name in REDCap")
    return name


def codes_of(field: Field) -> dict[str, str]:
    """The raw code of every word: its id, with what REDCap takes in no code as an underscore."""
    codes: dict[str, str] = {}
    for choice in choices_of(field):
        code = re.sub(r"[^A-Za-z0-9_]", "_", choice.id)
        while code in codes.values():
            code += "_"
        codes[choice.id] = code
    return codes


def complete_name(form: Form) -> str:
    """The field in which REDCap keeps whether a form is complete."""
    return f"{form.id}_{COMPLETE}"
