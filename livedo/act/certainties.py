"""How sure the diagnosis is, by four named definitions side by side."""

from __future__ import annotations

from livedo.act.consultation import Consultation
from livedo.act.result import CertaintyLine
from livedo.act.rows import Rows


class Certainties:
    """Words the definitions."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words

    def lines(self, case: Consultation) -> tuple[CertaintyLine, ...]:
        """Every definition, and what it says of the data seen."""
        return ()
