"""Reads the form of one region: what was tapped becomes an area, or a sentence says why not."""

from __future__ import annotations

import math
from typing import Literal, cast

import msgspec

from livedo.decisions.entries import Area, Result, Sides, WoundWord, YesNo
from livedo.knowledge.skin_round import Place, SkinRound, load_skin_round
from livedo.knowledge.vocabulary import Vocabulary

REFERENCE_AT_MOST = 120
"""Characters of a photo's reference."""

UNKNOWN = "unknown"
NEW = "new"

NotExamined = Literal["declined", "could_not"]


class RegionForm(msgspec.Struct, frozen=True, kw_only=True):
    """What came from the browser, as it came."""

    signs: tuple[str, ...] = ()
    seen_length: str = ""
    seen_width: str = ""
    felt_length: str = ""
    felt_width: str = ""
    pain: str = ""
    ulcer: str = ""
    wound: str = ""
    photo: str = ""
    lesion: str = ""
    gone: str = ""
    """Told where a known lesion is called clear: nothing is left of it."""

    @property
    def tells_of_a_finding(self) -> bool:
        """Whether something was tapped that a clear place cannot have."""
        told = (self.seen_length, self.seen_width, self.felt_length, self.felt_width)
        return bool(
            self.signs
            or any(text.strip() for text in told)
            or self.pain not in ("", "0", UNKNOWN)
            or self.ulcer in ("yes", UNKNOWN)
            or self.wound
        )


class FormRefused(Exception):
    """The form cannot be kept as it is; `key` is a text of wording/*/round.yaml."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def area_without_finding(place: Place, form: RegionForm, result: Result) -> Area:
    """A place left clear, declined, or that could not be examined.

    Raises:
        FormRefused: something was tapped that speaks against it.
    """
    if form.tells_of_a_finding:
        raise FormRefused("refused.tapped")
    return Area(body_site=place[0], side=_side(place), result=result)


def area_with_finding(
    place: Place, form: RegionForm, vocabulary: Vocabulary, lesion_id: str | None
) -> Area:
    """A place with what was found there.

    Raises:
        FormRefused: nothing was tapped, or something impossible.
    """
    skin_round = load_skin_round()
    ulcer, wound = _ulcer(form, skin_round), _wound(form, skin_round)
    area = Area(
        body_site=place[0],
        side=_side(place),
        result="finding",
        signs=_signs(form, skin_round),
        seen_cm=_extent(form.seen_length, form.seen_width, "seen", vocabulary),
        felt_cm=_extent(form.felt_length, form.felt_width, "felt", vocabulary),
        pain=_pain(form, skin_round),
        ulcer=ulcer,
        wound=wound,
        photo_reference=_photo(form),
        lesion_id=lesion_id,
    )
    if not (area.signs or area.seen_cm or area.felt_cm or area.pain or ulcer == "yes"):
        raise FormRefused("refused.nothing")
    return area


def _side(place: Place) -> Sides | None:
    return cast("Sides | None", place[1])


def _signs(form: RegionForm, skin_round: SkinRound) -> tuple[str, ...]:
    offered = [sign.concept for sign in skin_round.signs]
    if any(sign not in offered for sign in form.signs):
        raise FormRefused("refused.sign")
    return tuple(sign for sign in offered if sign in form.signs)


def _extent(
    length: str, width: str, which: Literal["seen", "felt"], vocabulary: Vocabulary
) -> tuple[float, float] | None:
    told = [text.strip().replace(",", ".") for text in (length, width)]
    if not any(told):
        return None
    if not all(told):
        raise FormRefused("refused.one_measure")
    extent = load_skin_round().extent
    measured = extent.seen if which == "seen" else extent.felt
    numbers = [_number(text) for text in told]
    for number in numbers:
        size = vocabulary.units.to_canonical(measured.concept, number, extent.unit)
        if number <= 0 or not vocabulary.units.is_plausible(measured.concept, size):
            raise FormRefused("refused.measure")
    return numbers[0], numbers[1]


def _number(text: str) -> float:
    try:
        number = float(text) if len(text) < 12 else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FormRefused("refused.measure")
    return number


def _pain(form: RegionForm, skin_round: SkinRound) -> int | None:
    if form.pain in ("", UNKNOWN):
        return None
    scale = skin_round.pain.scales[0]
    if form.pain not in {str(n) for n in range(scale.lowest, scale.highest + 1)}:
        raise FormRefused("refused.pain")
    return int(form.pain)


def _ulcer(form: RegionForm, skin_round: SkinRound) -> YesNo | None:
    if form.ulcer and form.ulcer not in skin_round.ulcer.answers:
        raise FormRefused("refused.choice")
    return cast("YesNo | None", form.ulcer or None)


def _wound(form: RegionForm, skin_round: SkinRound) -> WoundWord | None:
    if not form.wound:
        return None
    if form.wound not in skin_round.wound.words:
        raise FormRefused("refused.choice")
    if form.ulcer != "yes":
        raise FormRefused("refused.wound")
    return cast("WoundWord", form.wound)


def _photo(form: RegionForm) -> str | None:
    text = form.photo.strip()
    if len(text) > REFERENCE_AT_MOST or not text.isprintable():
        raise FormRefused("refused.photo")
    return text or None
