"""What real exports also hold: items that cannot be used, and lines that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from livedo.demo.settings import Settings


def dirty_lines(resource_type: str, clean: Sequence[bytes], settings: Settings) -> Iterator[bytes]:
    """Lines added at the end of a file: written out in dirt.yaml, or repeats of clean ones."""
    for item in settings.dirt.get(resource_type, ()):
        if isinstance(item, str):
            yield item.encode()
        elif "repeat_line" in item:
            yield clean[int(item["repeat_line"])]
        else:
            yield _line(item)


def _line(item: Mapping[str, object]) -> bytes:
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()
