"""Cards as CDS Hooks 2.0 describes them. Nothing is suggested and nothing is done by itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import msgspec

from livedo.act.order_files import Indicator
from livedo.knowledge.wording import Wording

LONGEST_SUMMARY = 139
TAG_BYTES = 6
_VERSION, _VARIANT = 8, 0b10
OVERRIDE_SYSTEM = "urn:livedo:override-reason"
TOPIC_SYSTEM = "urn:livedo:topic"


class Coding(msgspec.Struct, frozen=True, kw_only=True):
    """A code with the words shown for it."""

    system: str
    code: str
    display: str


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a card comes from."""

    label: str
    url: str | None = None
    topic: Coding | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A page that tells more."""

    label: str
    url: str
    type: str


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One card."""

    uuid: str
    summary: str
    indicator: Indicator
    source: Source
    detail: str | None = None
    override_reasons: tuple[Coding, ...] = ()
    links: tuple[Link, ...] = ()


class Cards(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a call. There are never system actions."""

    cards: tuple[Card, ...] = ()


class CardNames:
    """Names cards so that feedback finds its rule without anything being kept.

    The first part of the name stands for the service and the rule, the rest for the call
    and the draft; nothing of a person can be read from it.
    """

    def __init__(self, services: Iterable[str], rules: Iterable[str]) -> None:
        ids = tuple(rules)
        self._rules = {_tag(service, rule): (service, rule) for service in services for rule in ids}

    def of(self, service: str, rule: str, instance: str, part: str) -> str:
        """The UUID (version 8) of a card."""
        rest = blake2b(f"{instance}\n{part}".encode(), digest_size=10).digest()
        number = int.from_bytes(_tag(service, rule) + rest, "big")
        number = number & ~(0xF << 76) | _VERSION << 76
        number = number & ~(0b11 << 62) | _VARIANT << 62
        return str(uuid.UUID(int=number))

    def rule_of(self, service: str, card: str) -> str | None:
        """The rule of a card of this service; None if it is no name of ours."""
        try:
            named = uuid.UUID(card)
        except ValueError:
            return None
        found = self._rules.get(named.bytes[:TAG_BYTES])
        return found[1] if found is not None and found[0] == service else None


def _tag(service: str, rule: str) -> bytes:
    return blake2b(f"{service}\n{rule}".encode(), digest_size=TAG_BYTES).digest()


def fitted(summary: str, short: str) -> str:
    """A summary that a card can hold: without its last parts, the short one, or what fits."""
    parts = summary.split("; ")
    for count in range(len(parts), 0, -1):
        text = "; ".join(parts[:count])
        if len(text) <= LONGEST_SUMMARY:
            return text
    if len(short) <= LONGEST_SUMMARY:
        return short
    return short[: LONGEST_SUMMARY - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def override_reasons(ids: Sequence[str], wording: Wording) -> tuple[Coding, ...]:
    """The reasons offered to whoever sets a card aside."""
    return tuple(
        Coding(system=OVERRIDE_SYSTEM, code=id, display=wording.text(f"hooks.override.{id}"))
        for id in ids
    )


class Sheet:
    """The detail of a card, written in Markdown part by part."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._parts: list[str] = []

    def list(self, heading: str, lines: Iterable[str], most: int | None = None) -> Sheet:
        """A heading and its first lines; nothing if there are none."""
        shown = list(lines)[:most]
        if shown:
            title = self._wording.text(f"hooks.detail.{heading}")
            text = [f"**{title}**", "", *(f"- {plain(line)}" for line in shown)]
            self._parts.append("\n".join(text))
        return self

    def line(self, key: str, values: Mapping[str, object] | None = None) -> Sheet:
        """A sentence of its own."""
        self._parts.append(plain(self._wording.text(f"hooks.detail.{key}", **(values or {}))))
        return self

    def text(self) -> str | None:
        """The whole, None where there is nothing."""
        return "\n\n".join(self._parts) or None


def plain(text: str) -> str:
    """Text in which nothing is markup."""
    inert = text.replace("&", "&amp;").replace("<", "&lt;")
    for sign in ("\\", "`", "*", "_", "[", "]", "|", "#"):
        inert = inert.replace(sign, f"\\{sign}")
    return inert
