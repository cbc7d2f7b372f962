"""The words that a field may hold, with their names: its own, or those of the vocabulary."""

from __future__ import annotations

import functools

from livedo.knowledge.body_sites import BodySiteFile
from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.register import Choice, Field
from livedo.knowledge.schema import Text


@functools.cache
def _body_sites() -> BodySiteFile:
    return read_file(KNOWLEDGE_FOLDER / "body_sites" / "body_sites.yaml", BodySiteFile)


@functools.cache
def choices_of(field: Field) -> tuple[Choice, ...]:
    """Every word of a choice, in order; empty where any text may stand, as with concepts."""
    if field.choices_from == "body_sites":
        sites = _body_sites().body_sites
        return tuple(Choice(id=one.id, label=Text(en=one.en, da=one.da)) for one in sites)
    if field.choices_from == "sides":
        sides = _body_sites().sides
        return tuple(Choice(id=id, label=Text(en=one.en, da=one.da)) for id, one in sides.items())
    return field.choices
