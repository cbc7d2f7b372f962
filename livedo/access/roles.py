"""The roles, and who a user is."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

Role = Literal["viewer", "clinician", "steward", "admin", "hooks"]
ROLES: tuple[Role, ...] = get_args(Role)
PEOPLE: tuple[Role, ...] = ("viewer", "clinician", "steward", "admin")
"""The roles that a person can have. `hooks` is that of a CDS client with its token."""


class User(Struct, frozen=True, kw_only=True):
    """Who asks: a signed-in person, or a CDS client."""

    name: str
    """The subject of the sign-in or the issuer of the client: stable, not shown to other users."""
    label: str = ""
    """What the page shows: "N. Nurse". Never logged."""
    roles: frozenset[str] = frozenset()

    def may(self, *roles: str) -> bool:
        """Whether the user has one of the roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def sorted_roles(self) -> tuple[str, ...]:
        """The roles in the order of `ROLES`."""
        return tuple(role for role in ROLES if role in self.roles)


DEMO = User(name="demo", label="demo", roles=frozenset(ROLES))
"""The made-up user of the demonstration, which needs no sign-in."""


def roles_in(claim: object, mapping: dict[str, Role]) -> frozenset[str]:
    """The roles that the values of a claim stand for."""
    values = claim if isinstance(claim, list) else [claim]
    return frozenset(mapping[v] for v in values if isinstance(v, str) and v in mapping)


def claim_at(claims: dict[str, object], path: str) -> object:
    """A claim by its name, or by names with dots between for one inside another."""
    if path in claims:
        return claims[path]
    place: object = claims
    for name in path.split("."):
        if not isinstance(place, dict):
            return None
        place = place.get(name)
    return place
