"""The lesions of one person at one place: which one is continued, and how a new one is named."""

from __future__ import annotations

import hashlib

from livedo.act.result import LesionLine
from livedo.act.skin import SkinTable
from livedo.knowledge.skin_round import Place
from livedo.surfaces.web.examining import NEW, FormRefused
from livedo.surfaces.web.round_list import Rounds
from livedo.surfaces.web.todays_round import places_of

ID_DIGITS = 8
NUMBERLESS = "place"
"""The value of the choice for a lesion that has no number of its own."""


def lesions_of(rounds: Rounds, person_id: str) -> tuple[LesionLine, ...]:
    """Every lesion of a person, by first date."""
    moment = rounds.service.moment_of(person_id)
    return SkinTable(rounds.words).lines(rounds.service.patient(person_id), moment, ())


def lesions_at(lines: tuple[LesionLine, ...], place: Place) -> list[LesionLine]:
    """The lesions at one place; where no side was written, they may be at either."""
    return [x for x in lines if place in places_of(x.body_site, x.side or None)]


def choice_of(line: LesionLine) -> str:
    """The value of the choice for a lesion."""
    return line.lesion_id or NUMBERLESS


def lesion_id_of(
    rounds: Rounds, person_id: str, place: Place, chosen: str, entry_id: str
) -> str | None:
    """The number of the lesion that a finding is about.

    Nothing chosen: the only one there is, else a new one.

    Raises:
        FormRefused: there is no such lesion, or several and none was chosen.
    """
    # What this very form has made is no choice that it had.
    own = new_id(entry_id)
    there = [x for x in lesions_at(lesions_of(rounds, person_id), place) if x.lesion_id != own]
    if chosen == NEW or (not chosen and not there):
        return own
    if not chosen and len(there) == 1:
        return there[0].lesion_id or None
    if chosen not in [choice_of(line) for line in there]:
        raise FormRefused("refused.lesion")
    return None if chosen == NUMBERLESS else chosen


def new_id(entry_id: str) -> str:
    """The number of the lesion that a form begins: the same when it is sent again."""
    return "L-" + hashlib.sha256(entry_id.encode()).hexdigest()[:ID_DIGITS]
