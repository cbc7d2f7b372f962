"""Ways a drug is given."""

from __future__ import annotations

import msgspec

from livedo.knowledge.files import KNOWLEDGE_FOLDER, read_file
from livedo.knowledge.words import PhraseBook


class RouteCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SNOMED CT code of a route, and where it was read together with its meaning."""

    code: str
    name: str
    route: str
    where: str


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way. `local`: the drug acts where it is put and is no systemic exposure."""

    id: str
    en: str
    da: str
    local: bool = False
    words: tuple[str, ...] = ()


class RouteFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of routes; its order is the order in which words are believed."""

    routes: tuple[Route, ...]
    codes: tuple[RouteCode, ...]


class Routes:
    """Routes by id, by code and by words."""

    def __init__(self, file: RouteFile) -> None:
        self.by_id = {route.id: route for route in file.routes}
        self.codes = file.codes
        self._by_code = {each.code: each.route for each in file.codes}
        self._rank = {id: rank for rank, id in enumerate(self.by_id)}
        self._book = PhraseBook({word: r.id for r in file.routes for word in r.words})

    def by_code(self, code: str) -> str | None:
        """The route of a SNOMED CT code."""
        return self._by_code.get(code)

    def in_text(self, text: str) -> str | None:
        """The most particular route the words name, if any."""
        found = {each.meaning for each in self._book.find(text)}
        return min(found, key=self._rank.__getitem__) if found else None

    def forms(self, route: str | None) -> tuple[str, ...]:
        """The keys under which a drug may list another concept for this route."""
        if route is None:
            return ()
        known = self.by_id.get(route)
        return (route, "local") if known is not None and known.local else (route,)


def read_routes() -> Routes:
    """The routes of `knowledge/routes`."""
    return Routes(read_file(KNOWLEDGE_FOLDER / "routes" / "routes.yaml", RouteFile))
