"""Explainers of one engine, one for each language and choice of units, made when first asked."""

from __future__ import annotations

from livedo.act.explanation import Explainer
from livedo.act.facts_in_words import FactWords
from livedo.act.quantities_in_words import as_units
from livedo.assess.engine_python import PythonEngine
from livedo.knowledge.load import Knowledge
from livedo.surfaces.web.preferences import Preferences


class Explainers:
    """What one engine says, in every reader's words. Not for several threads at once."""

    def __init__(self, knowledge: Knowledge, engine: PythonEngine, time_zone: str) -> None:
        self.knowledge = knowledge
        self.engine = engine
        self.time_zone = time_zone
        self._made: dict[tuple[str, str], Explainer] = {}

    def of(self, reader: Preferences) -> Explainer:
        """The explainer for a reader."""
        key = (reader.lang, reader.units)
        if key not in self._made:
            units = as_units(reader.units, beside=True)
            words = FactWords(self.knowledge, reader.lang, units, self.time_zone)
            self._made[key] = Explainer(self.engine, words, reader.units)
        return self._made[key]
