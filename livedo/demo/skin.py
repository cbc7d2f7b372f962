"""Skin rounds, and what they and others found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from livedo.demo.chance import Chance
from livedo.demo.people import Plan, case_of, wound_of
from livedo.demo.resources import Chart, amount, yes_or_no
from livedo.demo.settings import Case, Event, Look, Prescription, Settings, Wound

MEASURED = (0.85, 1.1)
SIDELESS = ("sacrum", "penis", "back")


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """One wound of one person: what it looks like, from when to when."""

    kind: Wound
    began: date
    healed: date | None
    look: Look

    def is_open(self, day: date) -> bool:
        return self.began <= day and (self.healed is None or day < self.healed)


def write_skin(chart: Chart, settings: Settings) -> None:
    """The rounds of one person, and the findings of their course."""
    case = case_of(chart.plan.course, settings)
    if case is not None:
        _write_case(chart, case, settings)
        return
    spell = spell_of(chart.plan, settings)
    if spell is not None:
        _write_spell(chart, spell, settings)
    for day, outcome in _rounds(chart.plan, settings):
        _write_round(chart, day, outcome, spell, settings)


def _write_case(chart: Chart, case: Case, settings: Settings) -> None:
    for day in _days_back_from(case.rounds_until, chart.plan, settings):
        _write_round(chart, day, "done", None, settings)
    for event in case.events:
        _write_event(chart, event, settings)


def _write_event(chart: Chart, event: Event, settings: Settings) -> None:
    if event.palpation:
        chart.procedure("palpation", event.day, event.day)
    if event.condition is not None:
        chart.condition(event.condition, event.day, event.until)
    if event.lab is not None and event.value is not None:
        chart.result(event.lab, event.day, event.value, settings.codes.labs[event.lab].si)
    if event.look is not None:
        write_look(chart, event.day, event.look)


def write_look(chart: Chart, day: date, look: Look) -> None:
    """Each thing seen, felt or not found, as one finding of that lesion."""
    for concept in look.found:
        chart.finding(concept, day, yes_or_no(True), look)
    for concept in look.absent:
        chart.finding(concept, day, yes_or_no(False), look)
    if look.pain is not None:
        chart.finding("sign.lesion_pain", day, chart.word(look.pain), look)
    if look.seen_cm is not None:
        chart.finding("sign.lesion_visible_extent", day, amount(look.seen_cm, "cm"), look)
    if look.felt_cm is not None:
        chart.finding("sign.lesion_palpable_extent", day, amount(look.felt_cm, "cm"), look)
    if look.area_cm2 is not None:
        chart.finding("wound.area", day, amount(look.area_cm2, "cm2"), look)


def _days_back_from(latest: date, plan: Plan, settings: Settings) -> list[date]:
    rounds = settings.unit.rounds
    first = max(rounds.began, plan.seen_from)
    count = max((latest - first).days // rounds.every_days, -1) + 1
    return [latest - timedelta(days=rounds.every_days * back) for back in range(count)][::-1]


def _rounds(plan: Plan, settings: Settings) -> Iterator[tuple[date, str]]:
    """Every round this person was due, and whether it was done."""
    rounds, chance = settings.unit.rounds, plan.chance("rounds")
    is_overdue = plan.mark == "overdue_round"
    latest = chance.day(*(rounds.overdue_between if is_overdue else rounds.latest_between))
    for day in _days_back_from(latest, plan, settings):
        drawn = chance.between(0, 1)
        if day > plan.seen_until:
            continue
        if drawn < rounds.declined:
            yield day, "declined"
        elif drawn >= rounds.declined + rounds.not_done:
            yield day, "done"
    if is_overdue:
        yield latest + timedelta(days=rounds.every_days), "declined"


def _write_round(
    chart: Chart, day: date, outcome: str, spell: Spell | None, settings: Settings
) -> None:
    if outcome == "declined":
        chart.procedure("palpation", day, day, status="not-done")
        return
    chart.procedure("palpation", day, day)
    if spell is None or not spell.is_open(day):
        chart.finding("sign.lesion", day, yes_or_no(False), None)
        return
    write_look(chart, day, _on_day(spell.look, chart.plan.chance("area", day.isoformat())))
    for concept in settings.courses.looked_for:
        if concept not in spell.look.found:
            chart.finding(concept, day, yes_or_no(False), None)


def _on_day(look: Look, chance: Chance) -> Look:
    """The same wound, measured anew: no two measurements are quite alike."""
    if look.area_cm2 is None:
        return look
    measured = round(look.area_cm2 * chance.between(*MEASURED), 1)
    return msgspec.structs.replace(look, area_cm2=measured)


def spell_of(plan: Plan, settings: Settings) -> Spell | None:
    """The wound this person has or had, if their course is one."""
    kind = wound_of(plan.course, settings)
    if kind is None:
        return None
    chance = plan.chance("wound")
    began, healed = _span(kind, plan, chance, settings)
    return Spell(kind=kind, began=began, healed=healed, look=_look(kind, plan, chance))


def _span(kind: Wound, plan: Plan, chance: Chance, settings: Settings) -> tuple[date, date | None]:
    until = settings.unit.until
    number = int(plan.course.rpartition("/")[2])
    if number >= kind.healed:
        return until - timedelta(days=int(chance.between(*kind.began_days_before))), None
    healed = until - timedelta(days=int(chance.between(*kind.healed_days_before)))
    lasted = chance.between(*(kind.lasts_days or kind.began_days_before))
    return healed - timedelta(days=int(lasted)), healed


def _look(kind: Wound, plan: Plan, chance: Chance) -> Look:
    site = chance.one_of(kind.sites)
    side = chance.one_of(("left", "right"))
    drawn = [name for name, share in kind.feature.items() if chance.happens(share)]
    feature = [chance.one_of(drawn)] if drawn else []
    area = kind.area_cm2
    return Look(
        lesion="wound",
        site=site,
        side=None if site in SIDELESS else side,
        found=(*kind.signs, *feature),
        pain=chance.one_of(kind.pain),
        area_cm2=round(chance.between(*area), 1) if area is not None else None,
    )


def _write_spell(chart: Chart, spell: Spell, settings: Settings) -> None:
    """The day it was found: the diagnosis, and the samples taken for it; later, that it closed."""
    kind, chance = spell.kind, chart.plan.chance("wound", "found")
    if kind.condition is not None:
        chart.condition(kind.condition, spell.began, spell.healed)
    write_look(chart, spell.began, spell.look)
    for lab, limits in (("crp", kind.crp), ("temperature", kind.temperature)):
        if limits is not None:
            value = round(chance.between(*limits), 1)
            chart.result(lab, spell.began, value, settings.codes.labs[lab].si)
    if spell.healed is not None:
        closed = msgspec.structs.replace(spell.look, found=(), absent=spell.look.found, pain="none")
        write_look(chart, spell.healed, msgspec.structs.replace(closed, area_cm2=None))


def drugs_for_spell(plan: Plan, settings: Settings) -> list[Prescription]:
    """What was prescribed for the wound: ten days each."""
    spell = spell_of(plan, settings)
    if spell is None:
        return []
    chance = plan.chance("wound", "drugs")
    last = spell.began + timedelta(days=10)
    return [
        Prescription(drug=drug, first=spell.began, until=last)
        for drug, share in spell.kind.drugs.items()
        if chance.happens(share)
    ]
