"""What the systems write about everybody: programme, diagnoses, drugs, samples, rounds."""

from __future__ import annotations

import numpy as np

from livedo.demo.nation.chance import Chance, Flags, Number, Whole
from livedo.demo.nation.days import NEVER, Days, months, years
from livedo.demo.nation.lives import Drug, Lives
from livedo.demo.nation.rows import NO_INSTANT, Rows, Words, is_ever, repeated
from livedo.demo.nation.settings import Condition, NationSettings, Prescribed, Samples

DRAWN_AT, KNOWN_AT, LOOKED_AT, TOLD_AT = 450, 910, 600, 620
"""Minutes after midnight: of a sample, of its result, of a look at the skin, of what it found."""
COMPLETED = {"status": "completed"}
HAEMODIALYSIS, PERITONEAL = "dialysis.haemodialysis", "dialysis.peritoneal"


def write_programme(rows: Rows, lives: Lives, days: Days) -> None:
    """Dialysis from its start to its end, transplantation, coming and leaving."""
    ended = np.minimum(lives.transplanted, np.where(_has_left(lives), lives.until, NEVER))
    first_ends = np.minimum(lives.switched, ended)
    for is_second in (False, True):
        is_peritoneal = lives.is_peritoneal ^ is_second
        who = np.flatnonzero(is_ever(lives.switched)) if is_second else np.arange(len(lives))
        start = lives.switched[who] if is_second else lives.since[who]
        end = ended[who] if is_second else first_ends[who]
        concept = Words(is_peritoneal[who].astype(np.int64), (HAEMODIALYSIS, PERITONEAL))
        status = Words(is_ever(end).astype(np.int64), ("in-progress", "completed"))
        span = (days.at(start), days.end(start))
        ends = _ends(end, days)
        rows.add(who, concept, span, span[1], end=ends, words={"status": status}, is_assumed=True)
    who = np.flatnonzero(is_ever(lives.transplanted))
    _on_a_day(rows, who, "procedure.kidney_transplantation", lives.transplanted[who], days)
    start = lives.transplanted[who]
    span = (days.at(start), days.end(start))
    rows.add(who, "condition.kidney_transplant", span, span[1], words={"status": "confirmed"})
    who = np.flatnonzero(lives.since == lives.entry)
    _on_a_day(rows, who, "programme.joined", lives.entry[who], days)
    who = np.flatnonzero(is_ever(lives.moved))
    _on_a_day(rows, who, "programme.moved", lives.moved[who], days)


def _has_left(lives: Lives) -> Flags:
    return np.asarray(is_ever(lives.died) | is_ever(lives.moved))


def _ends(last: Whole, days: Days) -> tuple[Whole, Whole]:
    """The day something ended; nothing where it goes on."""
    is_over = is_ever(last)
    known = np.where(is_over, last, 0)
    return (
        np.where(is_over, days.at(known), NO_INSTANT),
        np.where(is_over, days.end(known), NO_INSTANT),
    )


def _on_a_day(rows: Rows, who: Whole, concept: str, on: Whole, days: Days) -> None:
    span = (days.at(on), days.end(on))
    rows.add(who, concept, span, span[1], end=span, words=COMPLETED, is_assumed=True)


def write_conditions(
    rows: Rows, lives: Lives, days: Days, chance: Chance, settings: NationSettings
) -> None:
    """Diagnoses, some known by the month or the year only, some written down late."""
    late = settings.condition_written_late
    for name, condition in settings.conditions.items():
        who = np.flatnonzero(lives.has(name))
        first, last = _as_known(name, lives, who, condition, chance)
        known = np.minimum(np.maximum(last, lives.conditions[name][who]), lives.until[who])
        is_late = chance.happens(f"{name} late", lives.numbers[who], late.share)
        after = chance.of_quantiles(f"{name} known", lives.numbers[who], late.known_after.between)
        known_at = days.end(np.where(is_late, known + after.astype(np.int64), known))
        rows.add(
            who, name, (days.at(first), days.end(last)), known_at, words={"status": "confirmed"}
        )


def _as_known(
    name: str, lives: Lives, who: Whole, condition: Condition, chance: Chance
) -> tuple[Whole, Whole]:
    """The first and the last day on which it can have begun."""
    since = lives.conditions[name][who]
    how = chance.uniform(f"{name} exact", lives.numbers[who])
    by_year, by_month = years(since), months(since)
    is_by_year = how < condition.by_year
    is_by_month = ~is_by_year & (how < condition.by_year + condition.by_month)
    first = np.where(is_by_year, by_year[0], np.where(is_by_month, by_month[0], since))
    last = np.where(is_by_year, by_year[1], np.where(is_by_month, by_month[1], since))
    return first, np.minimum(last, lives.until[who])


def write_drugs(rows: Rows, lives: Lives, days: Days, settings: NationSettings) -> None:
    """Prescriptions; who dies or moves has theirs ended that day; some ends have no date."""
    for name, prescribed in settings.drugs.items():
        drug = lives.drugs[name]
        who = np.flatnonzero(drug.has & (drug.first < lives.until))
        _write_drug(rows, name, prescribed, drug, who, lives, days)


def _write_drug(
    rows: Rows,
    name: str,
    prescribed: Prescribed,
    drug: Drug,
    who: Whole,
    lives: Lives,
    days: Days,
) -> None:
    begun = days.at(drug.first[who], LOOKED_AT)
    left = np.where(_has_left(lives), lives.until, NEVER)
    last = np.minimum(drug.last, left)[who]
    is_undated = drug.is_undated[who] & (drug.last[who] <= left[who])
    from_at, to_at = _ends(np.maximum(last, drug.first[who]), days)
    ends = (np.where(is_undated & is_ever(last), begun, from_at), to_at)
    status = Words(is_ever(last).astype(np.int64), ("active", "stopped"))
    sites = None
    if prescribed.sites:
        sites = Words(lives.numbers[who] % len(prescribed.sites), prescribed.sites)
    rows.add(
        who,
        name,
        (begun, begun),
        begun,
        end=ends,
        dose=drug.dose[who],
        words={
            "status": status,
            "route": prescribed.route,
            "dose_unit": prescribed.unit,
            "body_site": sites,
        },
    )


def write_samples(
    rows: Rows,
    lives: Lives,
    first_sign: Whole,
    days: Days,
    chance: Chance,
    settings: NationSettings,
) -> None:
    """Results: everybody's now and then, more often and drifting in whoever falls ill."""
    for name, samples in settings.samples.items():
        every = np.where(is_ever(first_sign), max(samples.every // 3, 28), samples.every)
        offset = (chance.uniform(f"{name} first", lives.numbers) * every).astype(np.int64)
        room = lives.until - lives.entry - offset
        who, nth = repeated(np.where(room >= 0, room // every + 1, 0))
        numbers = lives.numbers[who]
        slack = (chance.uniform(f"{name} day", numbers, nth) * 7).astype(np.int64)
        day = np.minimum(
            lives.entry[who] + offset[who] + nth * every[who] + slack, lives.until[who]
        )
        factor = np.where(lives.transplanted[who] < day, settings.drawn_after_transplantation, 1.0)
        is_drawn = chance.uniform(f"{name} drawn", numbers, nth) < samples.drawn * factor
        who, nth, day = who[is_drawn], nth[is_drawn], day[is_drawn]
        began = first_sign[who] - settings.run_up_days
        ill = np.clip((day - began) / settings.run_up_days, 0.0, 1.0)
        drift = ill * settings.drift.get(name, 0.0)
        _write_series(rows, name, samples, lives, who, nth, day, drift, days, chance)


def _write_series(
    rows: Rows,
    name: str,
    samples: Samples,
    lives: Lives,
    who: Whole,
    nth: Whole,
    day: Whole,
    drift: Number,
    days: Days,
    chance: Chance,
) -> None:
    numbers = lives.numbers
    between = samples.level.between if samples.level is not None else None
    level = chance.of_quantiles(f"{name} level", numbers, between) if between else lives.bmi
    value = level[who] + drift + samples.within * chance.normal(name, numbers[who], nth)
    value = np.clip(value, samples.low, samples.high).round(samples.digits)
    at = days.at(day, DRAWN_AT)
    rows.add(who, name, (at, at), days.at(day, KNOWN_AT), end=(at, at), value=np.asarray(value))


def write_rounds(
    rows: Rows,
    lives: Lives,
    first_sign: Whole,
    days: Days,
    chance: Chance,
    settings: NationSettings,
) -> None:
    """Skin rounds that find nothing, until something is found."""
    rounds = settings.rounds
    last = np.minimum(lives.until, first_sign - 1)
    offset = (chance.uniform("round first", lives.numbers) * rounds.every).astype(np.int64)
    room = last - lives.entry - offset
    who, nth = repeated(np.where(room >= 0, room // rounds.every + 1, 0))
    is_done = chance.uniform("round done", lives.numbers[who], nth) < rounds.done
    who, nth = who[is_done], nth[is_done]
    day = lives.entry[who] + offset[who] + nth * rounds.every
    at, told = days.at(day, LOOKED_AT), days.at(day, TOLD_AT)
    concept = "procedure.skin_palpation"
    rows.add(who, concept, (at, at), at, end=(at, at), words=COMPLETED, is_assumed=True)
    rows.add(who, "sign.lesion", (at, at), told, end=(at, at), words={"present": "no"})
