"""Every source that a page names, found in the structs themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

NAMING = frozenset({"claims", "because", "sources"})
"""Fields that hold ids of sources."""


def cited(part: Any) -> Iterator[str]:
    """The ids that a struct and everything in it names, in order; some may be no claims."""
    if isinstance(part, msgspec.Struct):
        for field in part.__struct_fields__:
            value = getattr(part, field)
            if field in NAMING and value and isinstance(value[0], str):
                yield from value
            else:
                yield from cited(value)
    elif isinstance(part, tuple | list):
        for item in part:
            yield from cited(item)
