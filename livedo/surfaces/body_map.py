"""The body map: where something was seen or felt, what is protected, what is not known."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from livedo.act.result import LesionLine, PalpationPlan
from livedo.knowledge.positions import read_yaml

View = Literal["front", "back"]
Side = Literal["left", "right"]

DRAWING = Path(__file__).resolve().parent / "static" / "body.yaml"
MIDDLE_OF: dict[View, float] = {"front": 128.0, "back": 372.0}
TOP = 22.0
MARGINS = {("front", -1): 24.0, ("front", 1): 224.0, ("back", -1): 276.0, ("back", 1): 476.0}
TAG_GAP = 22.0
LOWEST_TAG = 420.0
APART = 13.0
"""Marks in one region stand this far apart."""
UNITS_A_CM = 2.35
"""The drawn body is 400 units tall and stands for a person of 170 cm."""
SEEN_RADIUS, FELT_RADIUS = 4.5, 8.0
"""Of lesions that nobody measured."""
LEAST_RADIUS, LARGEST_RADIUS = 2.5, 34.0


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the drawing."""

    id: str
    view: View
    path: str
    at: tuple[float, float]
    sites: tuple[str, ...] = ()

    @property
    def has_sides(self) -> bool:
        """Whether the region is drawn on both sides."""
        return self.at[0] != 0

    def sign(self, side: Side) -> int:
        """Which way x runs for a side of the patient."""
        return 1 if (side == "left") == (self.view == "front") else -1


class Drawing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outline and its regions."""

    outline: str
    regions: tuple[Region, ...]


@dataclass(frozen=True)
class Shape:
    """A region on one side of one view."""

    region: Region
    is_mirrored: bool
    is_predilection: bool


@dataclass(frozen=True)
class Mark:
    """A lesion on the drawing, with its letter beside the body."""

    label: str
    x: float
    y: float
    tag_x: float
    tag_y: float
    is_seen: bool
    is_felt: bool
    is_protected: bool
    is_net: bool = False
    seen_radius: float = SEEN_RADIUS
    felt_radius: float = FELT_RADIUS
    is_to_scale: bool = False


@dataclass(frozen=True)
class BodyMap:
    """One patient's map."""

    unknown: tuple[Shape, ...]
    marks: tuple[Mark, ...]


@functools.cache
def drawing() -> Drawing:
    """The shipped drawing."""
    return msgspec.convert(read_yaml(DRAWING.read_text(encoding="utf-8")), Drawing)


def all_shapes(predilection: frozenset[str]) -> list[Shape]:
    """The whole body, each region on each side."""
    return [
        Shape(region, mirrored, bool(predilection.intersection(region.sites)))
        for region in drawing().regions
        for mirrored in ((False, True) if region.has_sides else (False,))
    ]


def shapes_of(body_site: str, side: str) -> Iterator[Shape]:
    """Every region that stands for a body site; without a side, both sides."""
    sides: tuple[Side, ...] = ("left", "right")
    for region in drawing().regions:
        if body_site not in region.sites:
            continue
        if not region.has_sides:
            yield Shape(region, False, False)
            continue
        for one in sides:
            if side in (one, "", "both"):
                yield Shape(region, region.sign(one) < 0, False)


def body_map(skin: Iterable[LesionLine], plan: PalpationPlan | None) -> BodyMap:
    """What the record says about this patient's skin, as a drawing."""
    sites = plan.sites if plan else ()
    unknown = {
        (shape.region.id, shape.is_mirrored): shape
        for site in sites
        if site.status == "unknown"
        for shape in shapes_of(site.body_site, site.side)
    }
    return BodyMap(tuple(unknown.values()), tuple(placed(marks(skin))))


def marks(skin: Iterable[LesionLine]) -> Iterator[tuple[View, Mark]]:
    """Each lesion at its first region; several in one region stand apart."""
    taken: dict[tuple[float, float], int] = {}
    for lesion in skin:
        shape = next(shapes_of(lesion.body_site, lesion.side or "left"), None)
        if shape is None:
            continue
        sign = -1 if shape.is_mirrored else 1
        x = MIDDLE_OF[shape.region.view] + sign * shape.region.at[0]
        y = TOP + shape.region.at[1]
        before = taken.get((x, y), 0)
        taken[x, y] = before + 1
        margin = MARGINS[shape.region.view, sign]
        mark = Mark(
            label=lesion.label,
            x=x,
            y=y + before * APART,
            tag_x=margin,
            tag_y=y + before * APART,
            is_seen=bool(lesion.seen),
            is_felt=bool(lesion.felt) or not lesion.seen,
            is_protected=lesion.is_protected,
            is_net=lesion.is_net,
            seen_radius=radius(lesion.seen_cm, SEEN_RADIUS),
            felt_radius=radius(lesion.felt_cm, FELT_RADIUS),
            is_to_scale=lesion.felt_cm is not None or lesion.seen_cm is not None,
        )
        yield shape.region.view, mark


def radius(cm: float | None, unmeasured: float) -> float:
    """The radius of a lesion on the drawing, from how far it reaches."""
    if cm is None:
        return unmeasured
    return round(min(LARGEST_RADIUS, max(LEAST_RADIUS, cm / 2 * UNITS_A_CM)), 1)


def placed(found: Iterable[tuple[View, Mark]]) -> Iterator[Mark]:
    """Letters beside the body, moved down where they would cover each other."""
    lowest: dict[float, float] = {}
    for _, mark in sorted(found, key=lambda item: (item[1].tag_x, item[1].y)):
        y = max(mark.tag_y, lowest.get(mark.tag_x, 0.0) + TAG_GAP)
        lowest[mark.tag_x] = y
        yield Mark(**{**vars(mark), "tag_y": min(y, LOWEST_TAG)})
