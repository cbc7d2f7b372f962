"""A biopsy read item by item."""

from __future__ import annotations

from livedo.act.consultation import Consultation
from livedo.act.parts import HistologyReading
from livedo.act.rows import Rows


class Biopsies:
    """Reads biopsies."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words

    def reading(self, case: Consultation) -> HistologyReading | None:
        """The newest biopsy of one person, if there is one."""
        return None
