"""A plan is made in one place, after the safety check."""

from __future__ import annotations

import re

from tests.architecture.source_tree import modules

MAKES = re.compile(r"\bPlanLine\(|is_checked\s*=\s*True|[^\w]Plan\((?!\))")


def test_only_the_safety_check_makes_lines_of_a_plan() -> None:
    makers = {
        module.path.name
        for module in modules()
        if "livedo.act.parts" in (text := module.path.read_text(encoding="utf-8"))
        and MAKES.search(text)
    }
    assert makers == {"safety.py"}
