"""The regions that the round offers, their addresses, and the drawing whose parts lead to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from livedo.act.facts_in_words import FactWords, capitalised
from livedo.knowledge.round_page import load_round_page
from livedo.knowledge.skin_round import Place, load_skin_round
from livedo.surfaces.body_map import Shape, all_shapes, drawing


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """What one button stands for: one place, or the places of a group."""

    id: str
    """Its name in the address: `thigh-left`."""
    label: str
    places: tuple[Place, ...]

    @property
    def is_group(self) -> bool:
        """Whether it has to be said where exactly."""
        return len(self.places) > 1


class Regions(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one person is offered."""

    round: tuple[Region, ...]
    offered: tuple[Region, ...]
    others: tuple[Region, ...]
    by_id: Mapping[str, Region]

    def of_place(self, place: Place | None) -> Region | None:
        """The region of one place."""
        return None if place is None else self.by_id.get(place_id(place))


def place_id(place: Place) -> str:
    """A place as it stands in the address."""
    return "-".join(filter(None, place)).replace("_", "-")


def regions_of(words: FactWords, sex: str) -> Regions:
    """The regions offered to somebody of this sex, in the reader's words."""
    skin_round, page = load_skin_round(), load_round_page()

    def one(place: Place) -> Region:
        return Region(id=place_id(place), label=capitalised(words.site(*place)), places=(place,))

    whole_round = tuple(one(place) for place in skin_round.places())
    offered = tuple(
        Region(
            id=group.id.replace("_", "-"),
            label=getattr(group.label, words.lang),
            places=tuple(
                place
                for site in group.body_sites
                if page.is_offered(site, sex)
                for place in skin_round.places_of(site)
            ),
        )
        for group in skin_round.ask_and_offer
    )
    taken = {place for region in whole_round for place in region.places}
    sites = words.knowledge.vocabulary.body_sites
    others = tuple(
        one(place)
        for site in sites
        if page.is_offered(site, sex)
        for place in skin_round.places_of(site)
        if place not in taken
    )
    by_id = {region.id: region for region in (*others, *offered, *whole_round)}
    return Regions(
        round=whole_round,
        offered=offered,
        others=tuple(sorted(others, key=lambda region: region.label)),
        by_id=by_id,
    )


class DrawnRegion(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the drawing that is a link."""

    shape: Shape
    region: Region


def drawn_regions(regions: Regions, predilection: frozenset[str]) -> Iterator[DrawnRegion]:
    """Every part of the drawing with the region it leads to."""
    fronts = {region.id: region for region in drawing().regions}
    for shape in all_shapes(predilection):
        part = shape.region
        sites = part.sites or fronts[part.id.removeprefix("back-")].sites
        region = _meant(sites, _side(shape), regions)
        if region is not None:
            yield DrawnRegion(shape=shape, region=region)


def _side(shape: Shape) -> str | None:
    if not shape.region.has_sides:
        return None
    return "left" if shape.region.sign("left") == (-1 if shape.is_mirrored else 1) else "right"


def _meant(sites: tuple[str, ...], side: str | None, regions: Regions) -> Region | None:
    """The region behind a part of the drawing: of the round, else of a group, else the first."""
    order = load_skin_round().order
    first = sorted(sites, key=lambda site: (site not in order, sites.index(site)))
    if side is None:
        for group in regions.offered:
            if any(place[0] in sites for place in group.places):
                return group
    for site in first:
        region = regions.by_id.get(place_id((site, side))) or regions.by_id.get(site)
        if region is not None:
            return region
    return None
