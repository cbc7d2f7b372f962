"""Names and codes of the form as REDCap takes them: stable, made from our ids alone.

A field name of REDCap has lower-case letters, digits and underscores, begins with a letter, is the
only one of its name in a project, and should have at most 26 characters.
"""

from __future__ import annotations

import functools
import re

from livedo.knowledge.register import CaseReportForm, Form

RECORD_ID = "record_id"
PERSON_ID = "person_id"
ORIGIN = "origin"
REMOVED = "removed"
COMPLETE = "complete"
LONGEST_NAME = 26
_LEGAL = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


@functools.cache
def field_names(form: CaseReportForm) -> dict[tuple[str, str], str]:
    """The REDCap name of every field, and of what we add to every form."""
    names: dict[tuple[str, str], str] = {}
    for one in form.forms:
        for id in (*(field.id for field in one.fields), REMOVED, ORIGIN):
            names[one.id, id] = name_of(one.id, id)
    if len(set(names.values())) < len(names):
        raise ValueError("two fields of the form have one name in REDCap")
    return names


def name_of(form: str, field: str) -> str:
    """`FORM_FIELD`, with its longest words cut evenly until it is short enough."""
    words = f"{form}_{field}".lower().split("_")
    longest = max(map(len, words))
    while longest > 1 and len("_".join(word[:longest] for word in words)) > LONGEST_NAME:
        longest -= 1
    name = "_".join(word[:longest] for word in words)
    if not _LEGAL.fullmatch(name):
        raise ValueError(f"{form}.{field} has no name in REDCap")
    return name


def complete_name(form: Form) -> str:
    """The field in which REDCap keeps whether a form is complete."""
    return f"{form.id}_{COMPLETE}"
