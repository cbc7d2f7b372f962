"""Options as the rules offer them, before the safety check. Never shown as they are."""

from __future__ import annotations

import msgspec

from livedo.act.option_files import Option
from livedo.act.parts import Act


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An option for one person that safety has not seen yet."""

    option: Option
    act: Act
    reasons: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    check_first: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    why_not: str = ""
    """Not offered, and why; empty for what is offered."""
