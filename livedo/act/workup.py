"""What is done, stale and missing of the work-up, and the decision on a biopsy."""

from __future__ import annotations

from livedo.act.consultation import Consultation
from livedo.act.parts import Workup
from livedo.act.rows import Rows


class Workups:
    """Words the work-up."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words

    def workup(self, case: Consultation) -> Workup:
        """The work-up of one person."""
        return Workup()
