"""The chain from mineral load to sepsis, with this person's active links lit."""

from __future__ import annotations

from livedo.act.consultation import Consultation
from livedo.act.parts import Mechanism, Plan
from livedo.act.rows import Rows


class Mechanisms:
    """Lights the chain."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words

    def mechanism(self, case: Consultation, plan: Plan) -> Mechanism:
        """The chain of one person."""
        return Mechanism()
