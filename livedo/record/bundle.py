"""Patients from FHIR documents that are in memory already, as a service receives them.

Example:
    found = read_bundles([body], observed=["drug=2026-01-01..2026-11-20"])
    found.report.totals.items_in == found.report.totals.used + found.report.totals.set_aside
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livedo.instants import zone_named
from livedo.knowledge.vocabulary import load_vocabulary
from livedo.record.build import FHIR, InMemory, settled_in_memory
from livedo.record.declared import spans_said
from livedo.sources.fhir import FhirReader
from livedo.sources.files import HeldDocument
from livedo.sources.memory import MemorySink

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
        DateInvalid: a span or the time zone cannot be read.
    """
    time_zone = zone_named(zone)
    declared = spans_said(observed, time_zone)
    sink = MemorySink()
    reader = FhirReader(sink, load_vocabulary(), time_zone, source_name)
    held = [HeldDocument(LABEL.format(n), bytes(d)) for n, d in enumerate(documents, start=1)]
    for document in held:
        reader.read(document)
    reader.finish()
    where = ", ".join(document.label for document in held)
    return settled_in_memory(sink, declared, reader.is_invented, where)
