"""How well a register is kept, as data: what counts as missing, when a case is seen again, and
what two readers may say of it."""

from __future__ import annotations

import functools

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file


class _Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class OnlyWhere(_Shape, frozen=True, kw_only=True):
    """A field that is asked only where another field of the same instance was answered so.

    With neither list: where it was answered at all.
    """

    field: str
    asked_if: str
    is_one_of: tuple[str, ...] = ()
    is_none_of: tuple[str, ...] = ()

    def is_asked(self, answer: str) -> bool:
        """Whether this answer to `asked_if` makes the field a question."""
        if answer in ("", "unknown"):
            return False
        return answer not in self.is_none_of and (not self.is_one_of or answer in self.is_one_of)


class MissingAnswers(_Shape, frozen=True, kw_only=True):
    """`knowledge/registry/completeness.yaml`."""

    only_where: tuple[OnlyWhere, ...]
    may_not_have_happened: tuple[str, ...]

    def rule_of(self, form: str, field: str) -> OnlyWhere | None:
        """When a field is asked; None where it always is."""
        name = f"{form}.{field}"
        return next((rule for rule in self.only_where if rule.field == name), None)


class PlannedVisit(_Shape, frozen=True, kw_only=True):
    """One visit: so many months after the diagnosis, so many days before and after."""

    id: str
    months: int
    opens: int
    closes: int


class FollowUpPlan(_Shape, frozen=True, kw_only=True):
    """`knowledge/registry/follow_up.yaml`."""

    visits: tuple[PlannedVisit, ...]


class Verdicts(_Shape, frozen=True, kw_only=True):
    """`knowledge/registry/adjudication.yaml`: `ordered` has the surest first."""

    ordered: tuple[str, ...]
    beside: tuple[str, ...]
    causes_of_death: tuple[str, ...]
    level: float


@functools.cache
def load_missing_answers() -> MissingAnswers:
    """What counts as missing, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "registry" / "completeness.yaml", MissingAnswers)


@functools.cache
def load_follow_up_plan() -> FollowUpPlan:
    """The shipped schedule, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "registry" / "follow_up.yaml", FollowUpPlan)


@functools.cache
def load_verdicts() -> Verdicts:
    """What readers may say, read once a process."""
    return read_file(KNOWLEDGE_FOLDER / "registry" / "adjudication.yaml", Verdicts)
