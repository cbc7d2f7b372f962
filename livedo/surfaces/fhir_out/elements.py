"""The small parts of FHIR resources: texts, codes, identifiers, notes, narratives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import escape

Element = dict[str, Any]
"""A part of a resource, or a resource, as JSON."""

XHTML = "http://www.w3.org/1999/xhtml"
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def plain(text: str) -> str:
    """A text as FHIR allows it: nothing that XML cannot hold, no space around."""
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text).strip()


def markdown(text: str) -> str:
    """A text for a field that may be rendered: no tag in it can open."""
    return _TAG.sub("&lt;", plain(text))


def coding(system: str, code: str, display: str = "") -> Element:
    """A code of a system, with its words where they are known."""
    shown = plain(display)
    return {"system": system, "code": code} | ({"display": shown} if shown else {})


def concept(text: str, *codings: Element) -> Element:
    """Codes that mean the same, and the words."""
    return ({"coding": list(codings)} if codings else {}) | {"text": plain(text)}


def identifier(system: str, value: str) -> Element:
    """A business identifier."""
    return {"system": system, "value": plain(value)}


def notes(texts: Iterable[str], author: str, at: str) -> Element:
    """The element `note` with these texts, or nothing."""
    told = [{"authorString": author, "time": at, "text": markdown(text)} for text in texts if text]
    return {"note": told} if told else {}


def narrative(texts: Sequence[str], lang: str) -> Element:
    """The element `text`: what a person reads, as paragraphs in which nothing is markup."""
    said = "".join(f"<p>{escape(plain(text))}</p>" for text in texts if plain(text))
    if not said:
        return {}
    div = f'<div xmlns="{XHTML}" xml:lang="{lang}" lang="{lang}">{said}</div>'
    return {"text": {"status": "generated", "div": div}}


def some(name: str, parts: Sequence[Any]) -> Element:
    """A list under its name, or nothing: FHIR knows no empty list."""
    return {name: list(parts)} if parts else {}
