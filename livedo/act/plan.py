"""Options with grade, reason, cautions and what to check first; never an order."""

from __future__ import annotations

from livedo.act.consultation import Consultation
from livedo.act.parts import Plan
from livedo.act.rows import Rows


class Options:
    """Makes plans."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words

    def plan(self, case: Consultation) -> Plan:
        """The plan of one person, after the safety check."""
        return Plan()
