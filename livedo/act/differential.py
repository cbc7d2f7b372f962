"""What else it could be, by visible evidence for and against."""

from __future__ import annotations

from livedo.act.consultation import Consultation
from livedo.act.parts import Differential
from livedo.act.rows import Rows


class Diagnoses:
    """Ranks diagnoses."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words

    def differential(self, case: Consultation) -> Differential:
        """The differential diagnosis of one person."""
        return Differential()
