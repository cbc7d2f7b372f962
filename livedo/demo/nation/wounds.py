"""Wounds and rashes of other causes, and codes and procedures that mean something else."""

from __future__ import annotations

import numpy as np

from livedo.demo.nation.chance import Chance, Flags, Whole
from livedo.demo.nation.charts import COMPLETED, LOOKED_AT, TOLD_AT
from livedo.demo.nation.days import Days
from livedo.demo.nation.lives import Lives
from livedo.demo.nation.rows import Given, Rows, Words
from livedo.demo.nation.settings import NationSettings, Wound

SIDES = ("left", "right")
LEAST_DAYS = 40
"""So long somebody is seen, at least, before a wound of theirs is told."""


def write_wounds(
    rows: Rows,
    lives: Lives,
    first_sign: Whole,
    days: Days,
    chance: Chance,
    settings: NationSettings,
) -> None:
    """At most one such wound a person, and none in whoever has a course of calciphylaxis."""
    is_free = (first_sign > lives.until) & (lives.until - lives.entry > LEAST_DAYS)
    for name, wound in settings.wounds.items():
        has = is_free & chance.happens(f"wound {name}", lives.numbers, wound.share)
        if wound.needs is not None:
            has &= lives.has(wound.needs)
        is_free &= ~has
        _write_wound(rows, name, wound, has, lives, days, chance, settings)
    _write_other_biopsies(rows, lives, days, chance, settings)


def _write_wound(
    rows: Rows,
    name: str,
    wound: Wound,
    has: Flags,
    lives: Lives,
    days: Days,
    chance: Chance,
    settings: NationSettings,
) -> None:
    who = np.flatnonzero(has)
    numbers = lives.numbers[who]
    room = lives.until[who] - lives.entry[who] - 2
    begun = lives.entry[who] + 1 + (chance.uniform(f"{name} on", numbers) * room).astype(np.int64)
    lasts = chance.of_quantiles(f"{name} days", numbers, wound.days.between).astype(np.int64)
    last = np.minimum(begun + lasts, lives.until[who])
    span = (days.at(begun), days.end(begun))
    ends = (days.at(last), days.end(last))
    rows.add(who, wound.condition, span, span[1], end=ends, words={"status": "confirmed"})
    if wound.drug is not None:
        at, dose = days.at(begun, LOOKED_AT), settings.antibacterial
        rows.add(
            who,
            wound.drug,
            (at, at),
            at,
            end=ends,
            dose=np.full(len(who), dose.dose),
            words={"status": "stopped", "route": dose.route, "dose_unit": dose.unit},
        )
    for look in range(settings.wound_looks.at_most):
        day = begun + look * settings.wound_looks.every
        _write_look(rows, name, wound, who[day < last], day[day < last], lives, days, chance)


def _write_look(
    rows: Rows,
    name: str,
    wound: Wound,
    who: Whole,
    day: Whole,
    lives: Lives,
    days: Days,
    chance: Chance,
) -> None:
    numbers = lives.numbers[who]
    place = (chance.uniform(f"{name} place", numbers) * len(wound.places)).astype(np.int64)
    side = (chance.uniform(f"{name} side", numbers) * 2).astype(np.int64)
    pain = (chance.uniform(f"{name} pain", numbers) * len(wound.pain)).astype(np.int64)
    at, told = days.at(day, LOOKED_AT), days.at(day, TOLD_AT)
    where: dict[str, Given] = {"body_site": Words(place, wound.places), "side": Words(side, SIDES)}
    lesion = np.zeros(len(who), np.int64)
    for sign in wound.signs:
        rows.add(who, sign, (at, at), told, end=(at, at), lesion=lesion, words=where)
    rows.add(
        who,
        "sign.lesion_pain",
        (at, at),
        told,
        end=(at, at),
        lesion=lesion,
        words=where | {"interpretation": Words(pain, wound.pain)},
    )


def _write_other_biopsies(
    rows: Rows, lives: Lives, days: Days, chance: Chance, settings: NationSettings
) -> None:
    """Biopsies of moles and the like, which a billing algorithm cannot tell from ours."""
    share = settings.skin_biopsy_for_other_reasons
    is_long = lives.until - lives.entry > LEAST_DAYS
    who = np.flatnonzero(chance.happens("other biopsy", lives.numbers, share) & is_long)
    room = lives.until[who] - lives.entry[who]
    day = lives.entry[who] + (chance.uniform("other biopsy on", lives.numbers[who]) * room).astype(
        np.int64
    )
    span = (days.at(day), days.end(day))
    rows.add(who, "procedure.skin_biopsy", span, span[1], end=span, words=COMPLETED)
