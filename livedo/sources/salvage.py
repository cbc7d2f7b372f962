"""Entries of a Bundle that breaks off or breaks somewhere: everything before the break."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec

from livedo.sources.faults import UNDECODABLE
from livedo.sources.fhir_types import Entry

WINDOW = 1 << 20
_START = re.compile(rb'"entry"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_entries = msgspec.json.Decoder(Entry)


def entries_before_break(content: memoryview) -> Iterator[Entry]:
    """Reads entry after entry in windows, so that a large broken file costs little memory."""
    found = _START.search(content)
    if found is None:
        return
    position, window = found.end(), WINDOW
    decoder = json.JSONDecoder()
    while position < len(content):
        text = bytes(content[position : position + window]).decode("utf-8", "surrogateescape")
        at = 0
        while True:
            start = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
            try:
                _, end = decoder.raw_decode(text, start)
            except (ValueError, RecursionError):
                break
            try:
                entry = _entries.decode(text[start:end].encode("utf-8", "surrogateescape"))
            except UNDECODABLE:
                return
            yield entry
            at = end
        if at:
            position += len(text[:at].encode("utf-8", "surrogateescape"))
            window = WINDOW
        elif position + window >= len(content):
            return
        else:
            # One entry may be longer than the window: look at more before giving up.
            window *= 4
