"""Which facts a condition is about: a concept, narrowed by `where` and by lesion.

A fact that does not say what `where` asks for may or may not count. A "no"
counts only if it speaks for everything asked: the whole skin, or every body
site and side named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from livedo.assess.answer import Status
from livedo.assess.evidence import missing
from livedo.assess.groups import Group
from livedo.assess.logic import NO, UNKNOWN, YES, both
from livedo.assess.terms import Terms
from livedo.assess.timeline import UNCONFIRMED, Timeline
from livedo.knowledge.schema import Dose, Where
from livedo.quantity import exceeds, reaches
from livedo.record.tables import DRAFT, Fact

NEVER_NO_BY_SILENCE = frozenset(
    {"lab", "sign", "wound", "imaging", "histology", "body", "dialysate"}
)
"""Domains in which a missing fact means not looked, whatever was declared observed."""

OF_A_LESION = frozenset({"sign", "wound", "imaging", "histology", "body", "procedure", "condition"})
"""Domains whose facts `same` ties to a lesion or body site; others concern the whole person."""

Check = Callable[[Fact], Status]
Sites = frozenset[tuple[str, str]]

_SIDES = ("left", "right")


def is_confirmed(fact: Fact) -> bool:
    """Whether the fact was stated, not merely considered."""
    return fact.present != "unknown" and fact.status not in UNCONFIRMED


class Selection:
    """The facts of one concept that a condition is about."""

    def __init__(self, concept: str, where: Where | None, terms: Terms) -> None:
        self.concept = concept
        self.domain = concept.partition(".")[0]
        self.above = tuple(one for one in terms.lineage(concept) if one != concept)
        self.can_be_silent_no = self.domain not in NEVER_NO_BY_SILENCE
        self.is_of_a_lesion = self.domain in OF_A_LESION
        self._place = _place_checks(where, terms) if where else []
        self._detail = _detail_checks(where, terms) if where else []
        self._is_narrowed = bool(self._place or self._detail)
        self._asked_sites = _asked_sites(where, terms) if where else frozenset()
        self._routes = frozenset(where.route) if where else frozenset()
        self._avoids_routes = bool(where and where.not_route)
        self.is_of_drafts = bool(where and where.status == DRAFT)
        self._sites_below = terms.sites_below
        self.never_measured = missing(concept, "never_measured")
        self.not_observed = missing(concept, "not_observed")

    def told(self, timeline: Timeline) -> Sequence[Fact]:
        """Facts that say yes or perhaps, oldest first; drafts only where they are asked for."""
        return timeline.drafted(self.concept) if self.is_of_drafts else timeline.told(self.concept)

    def takes_all(self, group: Group | None) -> bool:
        """Whether every fact of the concept counts."""
        return not self._is_narrowed and (group is None or not self.is_of_a_lesion)

    def match(self, fact: Fact, group: Group | None) -> Status:
        """Whether the fact is one of those asked about."""
        if group is None and not self._is_narrowed:
            return YES
        result = YES
        if self._is_narrowed:
            for check in (*self._place, *self._detail):
                result = both(result, check(fact))
        if group is not None and self.is_of_a_lesion:
            result = both(result, group.holds(fact))
        return result

    def weigh(self, fact: Fact, group: Group | None) -> Status:
        """Whether the fact surely says yes about what is asked."""
        confirmed = YES if is_confirmed(fact) else UNKNOWN
        if group is None and not self._is_narrowed:
            return confirmed
        return both(confirmed, self.match(fact, group))

    def why_open(self, fact: Fact, group: Group | None) -> str:
        """Why the fact may or may not count."""
        if not is_confirmed(fact):
            return "not_confirmed"
        if any(check(fact) is UNKNOWN for check in self._place):
            return "place_uncertain"
        if group is not None and self.is_of_a_lesion and group.holds(fact) is UNKNOWN:
            return "place_uncertain"
        if any(check(fact) is UNKNOWN for check in self._detail):
            return "value_uncertain"
        return "date_uncertain"

    def denied(self, timeline: Timeline) -> Sequence[Fact]:
        """Facts that deny the concept, oldest first, whatever place they speak for."""
        return () if self.is_of_drafts else timeline.denied(self.concept)

    def denial(self, denied: Sequence[Fact], group: Group | None) -> list[Fact]:
        """Those of the facts that together deny all that is asked; none if they do not."""
        if not denied:
            return []
        relevant = [f for f in denied if f.route is None or self._is_relevant(f)]
        if group is not None and self.is_of_a_lesion:
            return [fact for fact in relevant if group.is_denied_by(fact)]
        unplaced = [f for f in relevant if f.lesion_id is None]
        whole = [fact for fact in unplaced if fact.body_site is None and fact.side is None]
        if whole or not self._asked_sites:
            return whole
        placed = [(fact, self._asked_sites & self._sites_of(fact)) for fact in unplaced]
        if frozenset[tuple[str, str]]().union(*(sites for _, sites in placed)) < self._asked_sites:
            return []
        return [fact for fact, sites in placed if sites]

    def _is_relevant(self, fact: Fact) -> bool:
        return not self._avoids_routes and (not self._routes or self._routes <= {fact.route})

    def _sites_of(self, fact: Fact) -> Sites:
        sides = _SIDES if fact.side in (None, "both") else (str(fact.side),)
        below = self._sites_below(str(fact.body_site)) if fact.body_site else ()
        return frozenset((site, side) for site in below for side in sides)


def _asked_sites(where: Where, terms: Terms) -> Sites:
    sides: Iterable[str] = _SIDES if where.side in (None, "both") else (str(where.side),)
    return frozenset(
        (site, side)
        for asked in where.body_site
        for site in terms.sites_below(asked)
        for side in sides
    )


def _place_checks(where: Where, terms: Terms) -> list[Check]:
    checks: list[Check] = []
    if where.body_site:
        checks.append(_site_check(where.body_site, terms))
    if where.side is not None:
        checks.append(_side_check(where.side))
    return checks


def _site_check(asked: tuple[str, ...], terms: Terms) -> Check:
    inside = frozenset(site for one in asked for site in (one, *terms.sites_below(one)))
    # A coarser site that holds an asked one: the finding may be there or beside it.
    around = frozenset(above for site in inside for above in terms.sites_above(site)) - inside

    def check(fact: Fact) -> Status:
        if fact.body_site in inside:
            return YES
        return UNKNOWN if fact.body_site is None or fact.body_site in around else NO

    return check


def _side_check(asked: str) -> Check:
    def check(fact: Fact) -> Status:
        if fact.side is None:
            return UNKNOWN
        return YES if fact.side in (asked, "both") else NO

    return check


def _detail_checks(where: Where, terms: Terms) -> list[Check]:
    checks: list[Check] = []
    if where.route:
        checks.append(_word_check("route", frozenset(where.route), YES, NO))
    if where.not_route:
        checks.append(_word_check("route", frozenset(where.not_route), NO, YES))
    if where.interpreted:
        checks.append(_word_check("interpretation", frozenset(where.interpreted), YES, NO))
    if where.dose is not None:
        checks.extend(_dose_checks(where.dose, terms))
    return checks


def _word_check(field: str, words: frozenset[str], inside: Status, outside: Status) -> Check:
    def check(fact: Fact) -> Status:
        word = getattr(fact, field)
        if word is None:
            return UNKNOWN
        return inside if word in words else outside

    return check


_DOSE_TESTS: Mapping[str, Callable[[float, float], bool]] = {"above": exceeds, "at_least": reaches}


def _dose_checks(dose: Dose, terms: Terms) -> list[Check]:
    return [
        _dose_check(test, *terms.units.parse(text), terms)
        for name, test in _DOSE_TESTS.items()
        if (text := getattr(dose, name)) is not None
    ]


def _dose_check(
    test: Callable[[float, float], bool], amount: float, unit: str, terms: Terms
) -> Check:
    def check(fact: Fact) -> Status:
        if fact.dose_per_day is None or fact.dose_unit is None:
            return UNKNOWN
        given = terms.dose(fact.concept, fact.dose_per_day, fact.dose_unit)
        limit = terms.dose(fact.concept, amount, unit)
        if given is None or limit is None:
            return UNKNOWN
        return YES if test(given, limit) else NO

    return check
