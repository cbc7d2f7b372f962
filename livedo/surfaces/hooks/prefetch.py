"""What a record system is asked to send along, and what its answer says.

The queries are made from the rules: the resource types of the domains that they look at,
results and findings by the codes that are read. An answer is the whole of a domain only
if it is a searchset without a next page and without an error in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from livedo.instants import iso_date, zone_named
from livedo.knowledge.codes import LIVEDO_SYSTEM
from livedo.record.tables import Instant
from livedo.sources.faults import UNDECODABLE
from livedo.sources.fhir_types import Raw
from livedo.surfaces.hooks.files import Query

if TYPE_CHECKING:
    from livedo.knowledge.vocabulary import Vocabulary

PATIENT = "{{context.patientId}}"
LIVEDO = "livedo"
LONG_AGO = "1900-01-01"
BY_NAME = "Patient"
PERSON = "patient"
CAME = ("whole", "part", "null")

State = Literal["whole", "part", "null", "missing", "error", "unreadable"]
"""What came for one query. `part` is used, but silence in it means nothing."""


def templates(
    queries: Sequence[Query], concepts: Collection[str], vocabulary: Vocabulary
) -> dict[str, str]:
    """The prefetch templates for rules that look at these concepts, by their keys."""
    domains = {concept.partition(".")[0] for concept in concepts}
    found = {}
    for query in queries:
        if query.resource == BY_NAME:
            found[query.key] = f"{query.resource}/{PATIENT}"
        elif not domains.isdisjoint(query.domains):
            address = f"{query.resource}?patient={PATIENT}"
            codes = ",".join(codes_read(query, concepts, vocabulary))
            found[query.key] = f"{address}&code={codes}" if query.by_code else address
    return found


def codes_read(query: Query, concepts: Collection[str], vocabulary: Vocabulary) -> Iterator[str]:
    """`system|code` of everything that a query by code is asked for, in one order everywhere."""
    wanted = _bearing(query, concepts, vocabulary)
    for system, code in vocabulary.codes:
        if system in query.by_code and code.concept in wanted and not code.prefix:
            yield f"{vocabulary.codes.systems[system].uris[0]}|{code.code}"
    if LIVEDO in query.by_code:
        yield from (f"{LIVEDO_SYSTEM}|{concept}" for concept in sorted(wanted))


def _bearing(query: Query, concepts: Collection[str], vocabulary: Vocabulary) -> frozenset[str]:
    """Concepts of the query's domains that can answer: those asked about, below and above."""
    asked = [c for c in concepts if c.partition(".")[0] in query.domains]
    near = [(*vocabulary.descendants(c), *vocabulary.ancestors(c)) for c in asked]
    return frozenset(
        one for several in near for one in several if one.partition(".")[0] in query.domains
    )


class Link(msgspec.Struct, frozen=True):
    """A link of a Bundle, such as to its next page."""

    relation: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """The outside of what came for one query."""

    resourceType: str  # noqa: N815  FHIR's own name
    type: str | None = None
    total: int | None = None
    link: tuple[Link, ...] | None = None
    entry: tuple[Raw, ...] | None = None


class Kind(msgspec.Struct, frozen=True):
    """What an entry of an answer is, and how it came into it."""

    resource: Raw = msgspec.Raw()
    search: Mapping[str, Raw] | None = None


class _Named(msgspec.Struct, frozen=True):
    resourceType: str  # noqa: N815  FHIR's own name


_answers = msgspec.json.Decoder(Answer | None)
_kinds = msgspec.json.Decoder(Kind)
_names = msgspec.json.Decoder(_Named)

OUTCOME = b"OperationOutcome"


class Prefetched(msgspec.Struct, frozen=True, kw_only=True):
    """What came along with a call."""

    documents: tuple[bytes, ...]
    states: Mapping[str, State]
    domains: frozenset[str]
    """Of which everything there is came along."""

    def has_come(self, key: str) -> bool:
        """Whether a query was answered at all; `null` says that there is nothing, except of a
        person, who must be there."""
        return self.states.get(key) in (("whole", "part") if key == PERSON else CAME)

    def unsent(self) -> tuple[str, ...]:
        """The queries that were not answered, or not wholly."""
        return tuple(key for key, state in self.states.items() if state != "whole")

    def observed(self, as_of: Instant, time_zone: str) -> tuple[str, ...]:
        """The spans that the answers declare: all history up to now."""
        until = iso_date(as_of, zone_named(time_zone))
        return tuple(f"{d}={LONG_AGO}..{until},history" for d in sorted(self.domains))


def prefetched(
    sent: Mapping[str, Raw], queries: Sequence[Query], asked: Collection[str]
) -> Prefetched:
    """The answers to the queries that were asked; anything else that was sent is not read."""
    states: dict[str, State] = {}
    documents = []
    for query in queries:
        if query.key not in asked:
            continue
        raw = sent.get(query.key)
        states[query.key] = state = "missing" if raw is None else state_of(bytes(raw), query)
        if raw is not None and state in ("whole", "part"):
            documents.append(bytes(raw))
    naming = [q for q in queries if q.key in states]
    domains = {d for q in naming for d in q.domains if not q.by_code}
    partly = {d for q in naming for d in q.domains if states[q.key] != "whole"}
    return Prefetched(
        documents=tuple(documents), states=states, domains=frozenset(domains - partly)
    )


def state_of(raw: bytes, query: Query) -> State:
    """Whether an answer is the whole of what was asked for."""
    try:
        answer = _answers.decode(raw)
        if answer is None:
            return "null"
        if answer.resourceType == OUTCOME.decode():
            return "error"
        if answer.resourceType == query.resource:
            return "whole" if query.resource == BY_NAME else "part"
        if answer.resourceType != "Bundle":
            return "unreadable"
        return "whole" if _is_whole(answer) else "part"
    except UNDECODABLE:
        return "unreadable"


def _is_whole(answer: Answer) -> bool:
    entries = answer.entry or ()
    if answer.type != "searchset" or any(link.relation == "next" for link in answer.link or ()):
        return False
    if answer.total is not None and answer.total > len(entries):
        return False
    return not any(OUTCOME in bytes(entry) and _is_outcome(entry) for entry in entries)


def _is_outcome(entry: Raw) -> bool:
    resource = bytes(_kinds.decode(entry).resource)
    return bool(resource) and _names.decode(resource).resourceType == OUTCOME.decode()
