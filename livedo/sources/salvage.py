"""Entries of a Bundle that breaks off or breaks somewhere: everything before the break."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

WINDOW = 1 << 20
_START = re.compile(rb'"entry"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


def entries_before_break(content: memoryview) -> Iterator[bytes]:
    """Entry after entry, still undecoded, in windows: a large broken file costs little memory."""
    found = _START.search(content)
    if found is None:
        return
    position, window = found.end(), WINDOW
    while position < len(content):
        text = bytes(content[position : position + window]).decode("utf-8", "surrogateescape")
        end = 0
        for start, end in _values(text):
            yield text[start:end].encode("utf-8", "surrogateescape")
        if end:
            position += len(text[:end].encode("utf-8", "surrogateescape"))
            window = WINDOW
        elif position + window >= len(content):
            return
        else:
            # One entry may be longer than the window: look at more before giving up.
            window *= 4


def _values(text: str) -> Iterator[tuple[int, int]]:
    """Beginning and end of each whole JSON object, up to the first thing that is none."""
    decoder, end = json.JSONDecoder(), 0
    while True:
        gap = _BETWEEN.match(text, end)
        start = gap.end() if gap else end
        if not text.startswith("{", start):
            return
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            return
        yield start, end
