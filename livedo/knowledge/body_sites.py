"""Where on the body: sites, their classes, and sides."""

from __future__ import annotations

from typing import Literal

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.words import PhraseBook

Side = Literal["left", "right", "both"]


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name in both languages, with the words that say it."""

    en: str
    da: str
    words: tuple[str, ...] = ()


class BodySite(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One body site and the classes it belongs to."""

    id: str
    en: str
    da: str
    classes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class BodySiteCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SNOMED CT code of a body site, and where it was read together with its meaning."""

    code: str
    name: str
    site: str
    where: str
    side: Side | None = None


class BodySiteFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of body sites."""

    classes: dict[str, Named]
    body_sites: tuple[BodySite, ...]
    sides: dict[Side, Named]
    codes: tuple[BodySiteCode, ...]


class BodySites:
    """Body sites by id and by words."""

    def __init__(self, file: BodySiteFile) -> None:
        self.by_id = {site.id: site for site in file.body_sites}
        self.classes = file.classes
        self.sides = file.sides
        self.codes = file.codes
        self._by_code = {each.code: (each.site, each.side) for each in file.codes}
        self._sites = PhraseBook({w: s.id for s in file.body_sites for w in (s.id, *s.words)})
        self._sides = PhraseBook(
            {w: side for side, named in file.sides.items() for w in named.words}
        )

    def members(self, site_or_class: str) -> tuple[str, ...]:
        """The sites of a class; a site stands for itself."""
        if site_or_class in self.by_id:
            return (site_or_class,)
        return tuple(id for id, site in self.by_id.items() if site_or_class in site.classes)

    def by_code(self, code: str) -> tuple[str, Side | None] | None:
        """The body site of a SNOMED CT code, with its side if the code has one."""
        return self._by_code.get(code)

    def in_text(self, text: str) -> tuple[str, Side | None] | None:
        """The first body site the words name, with its side if they say it."""
        site = next(self._sites.find(text), None)
        if site is None:
            return None
        side = next(self._sides.find(text), None)
        return site.meaning, side.meaning if side else None


def read_body_sites() -> BodySites:
    """The body sites of `knowledge/body_sites`."""
    return BodySites(read_file(KNOWLEDGE_FOLDER / "body_sites" / "body_sites.yaml", BodySiteFile))
