"""From evidence to the resources it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from livedo.act.result import FactLine
from livedo.record.tables import Fact
from livedo.surfaces.fhir_out.elements import Element, identifier, plain
from livedo.surfaces.fhir_out.settings import fhir_out

_NAMED = re.compile(r"([A-Za-z]+)/[A-Za-z0-9.-]{1,64}", re.ASCII)
OBSERVED = "observed:"


class Sources:
    """The facts of one person, and what is said of them."""

    def __init__(self, facts: Mapping[str, Fact], told: Iterable[FactLine] = ()) -> None:
        self._facts = facts
        self._said = {line.ref: line.text for line in told}

    def references(self, evidence: Iterable[str]) -> list[Element]:
        """Each source of the evidence once, in order.

        A fact is referred to by its FHIR resource where one gave it, else by its identifier; a
        declared silence by the span that was declared.
        """
        found: dict[str, Element] = {}
        for ref in evidence:
            target = self._target(ref)
            found.setdefault(str(target), target | self._shown(ref))
        return list(found.values())

    def of_drugs(self, lines: Iterable[FactLine]) -> list[Element]:
        """The sources of those facts that are drugs or dialysis fluid."""
        return self.references(
            line.ref for line in lines if line.concept.partition(".")[0] in ("drug", "dialysate")
        )

    def _target(self, ref: str) -> Element:
        systems = fhir_out().systems
        if ref.startswith(OBSERVED):
            return {"identifier": identifier(systems.observed, ref.removeprefix(OBSERVED))}
        fact = self._facts.get(ref)
        named = None if fact is None else _NAMED.fullmatch(fact.source_id)
        if named and named[1] in fhir_out().source_types:
            return {"reference": named[0], "type": named[1]}
        return {"identifier": identifier(systems.fact, ref.removeprefix("fact:"))}

    def _shown(self, ref: str) -> Element:
        said = plain(self._said.get(ref, ""))
        return {"display": said} if said else {}
