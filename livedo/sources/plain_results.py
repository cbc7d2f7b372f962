"""Laboratory results without anything out of the ordinary, a block at a time.

Results come by the million, and nearly all of them are alike: a code, a subject, a
date and a quantity that were met before with exactly these bytes. Such a result is
read by remembering what the bytes meant. Everything else, and every result with a
place, components, a lesion or a status that excludes it, goes the long way through
`livedo.sources.fhir_results`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from hashlib import blake2b

import msgspec

from livedo.sources.faults import UNDECODABLE
from livedo.sources.fhir_codes import NULL
from livedo.sources.fhir_item import Item
from livedo.sources.fhir_times import Moment
from livedo.sources.fhir_types import ABSENT, Observation
from livedo.sources.fhir_values import Value
from livedo.sources.intake import NO_VERSION, ResultRow

BLOCK = 500
NAMED = "Observation/"
from_bytes = int.from_bytes

Undecoded = tuple[bytes, int, str | None]
"""The bytes of a resource, its place in the file, its address within a Bundle."""
LongWay = Callable[[bytes, int, str | None], None]

_decoder = msgspec.json.Decoder(list[Observation])


class PlainResults:
    """Reads blocks of Observations; what is not plain is handed to the long way."""

    def __init__(self, item: Item, long_way: LongWay) -> None:
        self.item = item
        self._long_way = long_way
        self._people = item.subjects
        self._excluded: Collection[str] = item.meaning.observation.set_aside
        self._prefix = f"{item.source_name}\x1f{NAMED}".encode()
        self._lesion_system = item.meaning.systems.lesion.encode()
        self._code = item.codes.code
        self._measured = item.values.measured
        self._point = item.times.point

    def read(self, items: list[Undecoded]) -> None:
        """A block of Observations, in order."""
        observations = self._decoded([raw for raw, _, _ in items])
        if observations is None:
            for raw, place, url in items:
                self._long_way(raw, place, url)
            return
        rows: list[ResultRow] = []
        for (raw, place, url), observation in zip(items, observations, strict=True):
            try:
                row = self._row(raw, observation)
            except UNDECODABLE:
                row = None
            if row is not None:
                rows.append(row)
                continue
            self._give(rows)
            rows = []
            self._long_way(raw, place, url)
        self._give(rows)

    def _give(self, rows: list[ResultRow]) -> None:
        if rows:
            self.item.sink.results(rows, self.item.source_name)

    def _decoded(self, raws: list[bytes]) -> list[Observation] | None:
        """All at once; None if one of them cannot be decoded."""
        try:
            found = _decoder.decode(b"[" + b",".join(raws) + b"]")
        except UNDECODABLE:
            return None
        return found if len(found) == len(raws) else None

    def _row(self, raw: bytes, observation: Observation) -> ResultRow | None:
        if not self._is_plain(observation):
            return None
        person_id = self._people.person(bytes(observation.subject))
        concepts = self._code(bytes(observation.code) or NULL).concepts
        if not person_id or len(concepts) != 1:
            return None
        value = self._measured(bytes(observation.value_quantity), concepts[0])
        moment = self._point(
            observation.effective_date_time or observation.effective_instant,
            None,
            observation.issued,
        )
        if not isinstance(value, Value) or not isinstance(moment, Moment):
            return None
        low, high, word, version = None, None, None, (NO_VERSION, NO_VERSION)
        if observation.reference_range is not ABSENT:
            limits = bytes(observation.reference_range)
            low, high = self.item.values.reference(limits, concepts[0], value.unit)
        if observation.interpretation is not ABSENT:
            word = self.item.codes.interpretation(bytes(observation.interpretation))
        if observation.meta is not None:
            version = self.item.version(observation.meta)
        name = f"{NAMED}{observation.id}"
        # The same number as `stable_id` gives, at half its cost (tested).
        key = blake2b(self._prefix + str(observation.id).encode(), digest_size=8).digest()
        return (
            from_bytes(key, "big") >> 1,
            hash(raw),
            *version,
            person_id,
            concepts[0],
            moment.start_from,
            moment.start_at,
            moment.known_at,
            value.low,
            value.high,
            low,
            high,
            word,
            moment.is_assumed,
            observation.status,
            name,
            value.original,
        )

    def _is_plain(self, observation: Observation) -> bool:
        return (
            observation.component is ABSENT
            and observation.body_site is ABSENT
            and observation.focus is ABSENT
            and observation.effective_period is None
            and observation.id is not None
            and observation.value_quantity is not ABSENT
            and observation.status not in self._excluded
            and (
                observation.identifier is ABSENT
                or self._lesion_system not in bytes(observation.identifier)
            )
        )
