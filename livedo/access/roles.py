"""The roles, and who a user is."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

Role = Literal["viewer", "clinician", "steward", "admin", "hooks"]
ROLES: tuple[Role, ...] = get_args(Role)
PEOPLE: tuple[Role, ...] = ("viewer", "clinician", "steward", "admin")
"""The roles that a person can have. `hooks` is that of a CDS client with its token."""


class User(Struct, frozen=True, kw_only=True):
    """Who makes a request: a signed-in person, or a CDS client.

    `subject` is what the sign-in provider calls the person, or the issuer of the client.
    `name` is for the person's own page and is never logged.
    """

    subject: str
    roles: tuple[Role, ...]
    name: str = ""
    is_demo: bool = False

    def has_one_of(self, roles: tuple[Role, ...]) -> bool:
        """Whether the user may do what these roles may do."""
        return not set(self.roles).isdisjoint(roles)


DEMO_USER = User(subject="demo", roles=PEOPLE, name="demo", is_demo=True)
"""The made-up user of the demonstration, which needs no sign-in."""


def roles_in(claim: object, mapping: dict[str, Role]) -> tuple[Role, ...]:
    """The roles that the values of a claim stand for, in the order of `ROLES`."""
    values = claim if isinstance(claim, list) else [claim]
    found = {mapping[value] for value in values if isinstance(value, str) and value in mapping}
    return tuple(role for role in ROLES if role in found)


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
