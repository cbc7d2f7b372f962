"""What one person is prescribed, and for how long."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from livedo.demo.chance import Chance
from livedo.demo.people import Plan, case_of
from livedo.demo.settings import Prescription, Settings, Share

LONGEST_DAYS = 2200


def prescriptions_of(plan: Plan, settings: Settings) -> list[Prescription]:
    """Every order, as written out for the person or as drawn."""
    case = case_of(plan.course, settings)
    if case is not None:
        return list(case.drugs)
    if plan.transplanted_on is not None:
        return list(_after_transplantation(plan, plan.transplanted_on, settings))
    drawn = _drawn(plan, settings)
    if plan.seen_until == settings.unit.until:
        return list(drawn)
    return [_ended(order, plan.seen_until) for order in drawn if order.first < plan.seen_until]


def _after_transplantation(plan: Plan, since: date, settings: Settings) -> Iterator[Prescription]:
    for drug in settings.unit.transplant_drugs:
        yield Prescription(drug=drug, first=since)
    for prescription in _drawn(plan, settings):
        if prescription.drug not in settings.unit.transplant_drugs and prescription.first < since:
            yield _ended(prescription, since)


def _ended(prescription: Prescription, on: date) -> Prescription:
    last = min(prescription.until, on) if prescription.until is not None else on
    return Prescription(
        drug=prescription.drug, first=prescription.first, until=last, site=prescription.site
    )


def _drawn(plan: Plan, settings: Settings) -> Iterator[Prescription]:
    has = {*plan.conditions, plan.modality, "dialysis"}
    for drug, share in settings.unit.drugs.items():
        chance = plan.chance("drug", drug)
        if chance.happens(share.share) and _is_due(share, has):
            has.add(drug)
            yield _order(drug, share, plan, chance, settings)


def _is_due(share: Share, has: Collection[str]) -> bool:
    needed = share.needs is None or share.needs in has
    return needed and (share.unless is None or share.unless not in has)


def _order(drug: str, share: Share, plan: Plan, chance: Chance, settings: Settings) -> Prescription:
    """Started within the last years; some ended within the window, half of those without a date."""
    unit = settings.unit
    first = unit.until - timedelta(days=int(chance.between(20, LONGEST_DAYS)))
    site = chance.one_of(share.sites) if share.sites else None
    has_ended = chance.happens(unit.drug_ended)
    is_undated = chance.happens(0.5)
    last = chance.day(max(first, unit.first), unit.until - timedelta(days=5))
    if not has_ended:
        return Prescription(drug=drug, first=first, site=site)
    if is_undated:
        return Prescription(drug=drug, first=first, site=site, is_stop_undated=True)
    return Prescription(drug=drug, first=first, until=last, site=site)
