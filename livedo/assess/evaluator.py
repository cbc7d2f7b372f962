"""The shape of a compiled condition."""

from __future__ import annotations

from collections.abc import Callable

from livedo.assess.evidence import Outcome
from livedo.assess.groups import Group
from livedo.assess.timeline import Timeline

Evaluator = Callable[[Timeline, Group | None], Outcome]
"""Answers one condition about one person, within one lesion or body site if given."""
