"""One line of the log: what an event holds, and how it is sealed to the line before.

A line is the event as JSON, ended by the seal: HMAC-SHA256 of every byte before it
under the key of the log. The event holds the seal of the line before, so that no line
can be changed, taken out or moved without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re

import msgspec
from msgspec import Struct

from livedo.instants import Instant, iso, parse_fhir_instant, zone_named

LONGEST_LINE = 16_384
"""Bytes of one line. A longer one was not written by Livedo."""

BEGUN = "log begun"
"""The action of the first line."""

TORN = "torn"
"""The action of the line that stands after bytes which a sudden stop left behind."""

_SEAL = b',"seal":"'
_SEALED = re.compile(rb'(\{.{1,16200}),"seal":"([0-9a-f]{64})"\}', re.DOTALL)
_LINK = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_LONGEST = {"who": 255, "action": 64, "route": 200, "request": 64, "outcome": 64, "detail": 300}


class Event(Struct, frozen=True, kw_only=True):
    """What happened, by whom, about whom.

    `who` is the subject of the signed-in user or the issuer of a CDS client. `person` is the
    opaque link of a person, never an id or a name. `route` is the template of the address.
    `detail` never holds a patient's value.
    """

    at: Instant
    who: str
    roles: tuple[str, ...] = ()
    action: str
    person: str | None = None
    route: str = ""
    request: str = ""
    outcome: str = "done"
    detail: str = ""

    def __post_init__(self) -> None:
        if self.person is not None and not _LINK.fullmatch(self.person):
            raise ValueError("an event names a person by the opaque link only")

    def within_limits(self) -> Event:
        """The event with texts from outside cut to the length that a line may have."""
        cut = {name: _cut(getattr(self, name), most) for name, most in _LONGEST.items()}
        roles = tuple(_cut(role, 32) for role in self.roles[:8])
        return msgspec.structs.replace(self, roles=roles, **cut)


def _cut(text: str, most: int) -> str:
    """So many characters, without half characters that no file can hold."""
    return text[:most].encode("utf-8", "replace").decode("utf-8")


class Line(Struct, frozen=True, kw_only=True):
    """An event as it stands in the log. `before` is the seal of the line before."""

    sequence: int
    at: str
    who: str
    roles: tuple[str, ...]
    action: str
    person: str | None
    route: str
    request: str
    outcome: str
    detail: str
    before: str
    seal: str = ""

    def instant(self) -> Instant:
        """When it happened."""
        return parse_fhir_instant(self.at, zone_named("UTC"))[0]


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Line)


def beginning(key: bytes) -> str:
    """What the first line of a log holds as the seal of the line before."""
    return hmac.new(key, b"livedo audit log, version 1", hashlib.sha256).hexdigest()


def line_of(event: Event, sequence: int, before: str = "") -> Line:
    """An event as a line, not sealed yet."""
    return Line(
        sequence=sequence,
        at=iso(event.at),
        who=event.who,
        roles=event.roles,
        action=event.action,
        person=event.person,
        route=event.route,
        request=event.request,
        outcome=event.outcome,
        detail=event.detail,
        before=before,
    )


def sealed(event: Event, sequence: int, before: str, key: bytes) -> tuple[bytes, str]:
    """The bytes of a line with its line end, and its seal."""
    body = _ENCODER.encode(line_of(event, sequence, before)).removesuffix(b',"seal":""}')
    seal = hmac.new(key, body, hashlib.sha256).hexdigest()
    return body + _SEAL + seal.encode() + b'"}\n', seal


def opened(line: bytes, key: bytes | None) -> Line | None:
    """The line if it is whole and its seal is right; without a key only if it is whole."""
    found = _SEALED.fullmatch(line)
    if found is None:
        return None
    if key is not None:
        right = hmac.new(key, found[1], hashlib.sha256).hexdigest().encode()
        if not hmac.compare_digest(right, found[2]):
            return None
    try:
        return _DECODER.decode(line)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def torn_detail(left: bytes) -> str:
    """How the line after torn bytes names them: their number and their digest."""
    return f"{len(left)} bytes, sha256 {hashlib.sha256(left).hexdigest()}"
