"""Results kept outside memory and read back in order.

A programme has a hundred people, a country a million. Only the sort keys stay in
memory; the results wait, encoded, in a file that goes away with the shelf.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple, overload

import msgspec

from livedo.act.result import PatientResult

Rank = tuple[int, int, str]
"""Group, state, person id: the documented order."""

IN_MEMORY_BYTES = 32 * 1024 * 1024


class Place(NamedTuple):
    """Where one encoded result lies, and where it stands in the order."""

    rank: Rank
    start: int
    length: int


class Shelf(Sequence[PatientResult]):
    """Results in the order of the worklist, whatever the order in which they were put in."""

    def __init__(self) -> None:
        # The file lives as long as the shelf and is removed with it.
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._places: list[Place] = []
        self._is_sorted = True
        self._end = 0
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(PatientResult)

    def put(self, result: PatientResult) -> None:
        """Keeps one result."""
        self.put_encoded(rank_of(result), self._encoder.encode(result))

    def put_encoded(self, rank: Rank, encoded: bytes) -> None:
        """Keeps one result that another process encoded."""
        self._file.seek(self._end)
        self._file.write(encoded)
        self._places.append(Place(rank, self._end, len(encoded)))
        self._end += len(encoded)
        self._is_sorted = False

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> PatientResult: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[PatientResult]: ...

    def __getitem__(self, at: int | slice) -> PatientResult | Sequence[PatientResult]:
        self._sort()
        if isinstance(at, slice):
            return [self._read(place) for place in self._places[at]]
        return self._read(self._places[at])

    def __iter__(self) -> Iterator[PatientResult]:
        self._sort()
        return (self._read(place) for place in self._places)

    def encoded(self) -> Iterator[tuple[Rank, bytes]]:
        """Every result as it is kept, with its rank, for another shelf."""
        for place in self._places:
            self._file.seek(place.start)
            yield place.rank, self._file.read(place.length)

    def _sort(self) -> None:
        if not self._is_sorted:
            self._places.sort()
            self._is_sorted = True

    def _read(self, place: Place) -> PatientResult:
        self._file.seek(place.start)
        return self._decoder.decode(self._file.read(place.length))


def rank_of(result: PatientResult) -> Rank:
    """Group, then state, then person id. No score."""
    return (result.precedence, result.state_rank, result.person_id)
