"""Patients from FHIR documents that are in memory already, as a service receives them.

Example:
    found = read_bundles([body], observed=["drug=2026-01-01..2026-11-20"])
    found.report.totals.items_in == found.report.totals.used + found.report.totals.set_aside
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livedo.errors import SourceTooLarge
from livedo.instants import zone_named
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.build import FHIR, InMemory, settled_in_memory
from livedo.record.declared import spans_said
from livedo.record.tables import PatientRecord
from livedo.sources.fhir import FhirReader
from livedo.sources.files import HeldDocument
from livedo.sources.memory import MemorySink

MOST_ITEMS = 100_000
"""Of all documents of one call. A person of ten years on dialysis has some ten thousand."""

MOST_LESIONS = 100
"""Of one person. Rules about one and the same lesion look at each pair of them."""

BYTES_A_PART = 10
"""A document with more parts than its bytes divided by this is crumbs, not resources."""

LABEL = "document-{}"
"""What the ledger calls a document, numbered from 1."""


def read_bundles(
    documents: Sequence[bytes],
    *,
    observed: Iterable[str] = (),
    zone: str = "UTC",
    source_name: str = FHIR,
) -> InMemory:
    """The patients of FHIR documents: Bundles, single resources, lists of resources.

    The same reader and the same ledger as for files; all documents of one call are one
    system, whose resources may name each other across documents.

    Args:
        observed: spans for which the source speaks, `domain=FROM..TO[,history]`; never a file.

    Raises:
        SourceUnreadable: not one of them holds anything that can be read.
        SourceTooLarge: they hold more than is judged on the spot; whole exports are for `read`.
        DateInvalid: a span or the time zone cannot be read.
    """
    time_zone = zone_named(zone)
    declared = spans_said(observed, time_zone)
    sink = BoundedSink()
    reader = FhirReader(sink, load_vocabulary(), time_zone, source_name)
    held = [HeldDocument(LABEL.format(n), bytes(d)) for n, d in enumerate(documents, start=1)]
    for document in held:
        refuse_crumbs(document.content)
        reader.read(document)
    reader.finish()
    where = ", ".join(document.label for document in held)
    found = settled_in_memory(sink, declared, reader.is_invented, where)
    for patient in found.patients:
        refuse_too_many_lesions(patient)
    return found


class BoundedSink(MemorySink):
    """Keeps patients in memory, and stops where that would be too much."""

    def took_in(self, count: int = 1) -> None:
        """Counts items met."""
        super().took_in(count)
        if self.ledger.total_in > MOST_ITEMS:
            raise too_large(f"more than {MOST_ITEMS} items")


def refuse_crumbs(content: bytes) -> None:
    """Refuses a document that would fall into millions of parts before one could be counted."""
    if content.count(b",") > MOST_ITEMS + len(content) // BYTES_A_PART:
        raise too_large("more parts than resources of its size have")


def refuse_too_many_lesions(patient: PatientRecord) -> None:
    """Refuses a person whose lesions could not be told apart in a reasonable time."""
    lesions = {fact.lesion_id for fact in patient.facts if fact.lesion_id is not None}
    if len(lesions) > MOST_LESIONS:
        raise too_large(f"more than {MOST_LESIONS} lesions of one person")


def too_large(what: str) -> SourceTooLarge:
    """The error for a document that holds too much."""
    return SourceTooLarge(
        f"The document holds {what}.",
        still_works="Nothing of it was kept.",
        next_step="Send one person's resources; read whole exports with livedo read.",
    )
