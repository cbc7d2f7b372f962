"""OperationOutcome: what was read, and what was set aside and why."""

from __future__ import annotations

from collections.abc import Sequence

from livedo.knowledge.load import load_knowledge
from livedo.record.build import InMemory
from livedo.record.tables import SetAside
from livedo.surfaces.fhir_out.elements import Element, coding, concept, plain
from livedo.surfaces.fhir_out.frame import Frame
from livedo.surfaces.fhir_out.settings import fhir_out


def operation_outcome(frame: Frame, read: InMemory) -> Element:
    """The sum of the ledger first, then one issue for each reason.

    Items are named as the ledger names them, ten a reason at most; no value is ever among them.
    """
    totals, words = read.report.totals, frame.words
    counts = {"n": totals.items_in, "used": totals.used, "aside": totals.set_aside}
    summary = words.text("fhir_out.read", **{name: words.whole(n) for name, n in counts.items()})
    issues = [_summary(summary), *(_issue(frame, lines) for lines in _by_reason(read.lines))]
    said = [summary, *(issue["details"]["text"] for issue in issues[1:])]
    return frame.resource("OperationOutcome", {"issue": issues}, said=said)


def _summary(text: str) -> Element:
    return {"severity": "information", "code": "informational", "details": concept(text)}


def _by_reason(lines: Sequence[SetAside]) -> list[list[SetAside]]:
    """Lines of one reason together; parts of used items after whole items."""
    found: dict[tuple[bool, str], list[SetAside]] = {}
    for line in lines:
        found.setdefault((line.is_part, line.reason), []).append(line)
    return [found[key] for key in sorted(found)]


def _issue(frame: Frame, lines: Sequence[SetAside]) -> Element:
    told, first = fhir_out().issue, lines[0]
    reason = load_knowledge().wording(frame.words.lang).text(f"set_aside.{first.reason}")
    count = frame.words.whole(sum(line.count for line in lines))
    key = "fhir_out.part" if first.is_part else "fhir_out.set_aside"
    text = frame.words.text(key, reason=reason, n=count)
    named = [plain(" ".join((line.item, line.path))) for line in lines[: told.named_most]]
    diagnostics = "; ".join(name for name in named if name)
    return {
        "severity": told.severity(first.reason),
        "code": told.code(first.reason),
        "details": concept(text, coding(frame.systems.set_aside, first.reason)),
    } | ({"diagnostics": diagnostics} if diagnostics else {})
