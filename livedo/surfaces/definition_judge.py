"""Who says when each level of a definition was first met, where the statistics are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livedo.knowledge.counting import load_counting
from livedo.knowledge.definitions import load_definitions
from livedo.knowledge.load import Knowledge

if TYPE_CHECKING:
    from livedo.registry.first_met import FirstMet


def definition_judge(knowledge: Knowledge, time_zone: str) -> FirstMet | None:
    """Judges by the shipped definitions; None without the extra, and a form leaves it open."""
    try:
        # Not at the top: it needs numpy.
        from livedo.registry.first_met import FirstMet
        from livedo.registry.local_days import days_of_zone
    except ImportError:
        return None
    return FirstMet(knowledge, load_definitions(), load_counting(), days_of_zone(time_zone))
