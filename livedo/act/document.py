"""Results as JSON documents: the shapes that other tools rely on.

Instants become ISO 8601 text; keys and their order are part of the contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from livedo import instants
from livedo.act.result import Explanation, PatientResult, Replay, Screening
from livedo.record.tables import Instant

Document = dict[str, Any]

_INSTANTS = frozenset({"at", "from_at", "to_at", "decided_at", "first_at", "good_until", "last_at"})
_ONLY_WHERE_CHANGED = frozenset({"override", "overrides"})
"""Keys of the numbers that a centre changed; they stand only where it did."""


def patient_document(result: PatientResult) -> Document:
    """P of the contract: one line of the worklist."""
    return {
        "person_id": result.person_id,
        "state": result.state,
        "outside_reason": result.outside_reason,
        "certainty": result.certainty,
        "precedence": result.precedence,
        "reasons": [
            {
                "rule": line.rule,
                "status": line.status,
                "value": line.value,
                "decided_at": _iso(line.decided_at),
                "evidence": list(line.evidence),
                "because": list(line.because),
                **({"override": line.override} if line.override else {}),
            }
            for line in result.reasons
        ],
        "unknown": [
            {"concept": line.concept, "why": line.why, "would_change": list(line.would_change)}
            for line in result.unknown
        ],
        "next": [{"id": line.id, "text": line.text} for line in result.next],
        "changed": [
            {"what": line.what, "was": line.was, "now": line.now, "text": line.text}
            for line in result.changed
        ],
    }


def screening_document(screening: Screening) -> Document:
    """The whole document of `screen --format json`."""
    return {
        **screening_head(screening),
        "patients": [patient_document(result) for result in screening.patients],
    }


def screening_head(screening: Screening) -> Document:
    """The document without its patients."""
    return {
        "as_of": instants.iso(screening.as_of),
        "knowledge": screening.knowledge,
        "run": screening.run,
        **({"overrides": _plain_each(screening.overrides)} if screening.overrides else {}),
    }


def screening_chunks(screening: Screening) -> Iterator[str]:
    """The same document in pieces, one a patient, so that memory stays flat."""
    encoder = msgspec.json.Encoder()
    head = encoder.encode(screening_head(screening)).decode()
    yield head[:-1] + ',"patients":['
    for number, result in enumerate(screening.patients):
        comma = ",\n" if number else "\n"
        yield comma + encoder.encode(patient_document(result)).decode()
    yield "\n]}\n"


def explanation_document(explanation: Explanation) -> Document:
    """The whole document of `patient --format json`."""
    shown = _plain(explanation)
    result = shown.pop("result")
    palpation = shown.pop("palpation")
    workup, differential, plan = (shown.pop(part) for part in ("workup", "differential", "plan"))
    return {
        **patient_document(explanation.result),
        "explanation": {"title": result["title"], "state_text": result["state_text"], **shown},
        "workup": workup.pop("lines"),
        "biopsy": workup["biopsy"],
        "alarms": workup["alarms"],
        "differential": differential.pop("lines"),
        "differential_notes": differential,
        "plan": plan.pop("lines"),
        "not_offered": plan.pop("not_offered"),
        "safety": plan.pop("safety"),
        "care": plan,
        "palpation": palpation,
    }


def replay_document(replay: Replay) -> Document:
    """The whole document of `replay --format json`."""
    shown = _plain(replay)
    shown["first_suspicion_at"] = _iso(replay.first_suspicion_at)
    return shown


def _plain_each(structs: Sequence[msgspec.Struct]) -> list[Document]:
    return [_plain(struct) for struct in structs]


def _plain(struct: msgspec.Struct) -> Document:
    plain = _with_iso(msgspec.to_builtins(struct))
    assert isinstance(plain, dict)
    return plain


def _with_iso(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {
            name: _with_iso(part, name)
            for name, part in value.items()
            if part or name not in _ONLY_WHERE_CHANGED
        }
    if isinstance(value, list | tuple):
        return [_with_iso(part) for part in value]
    return _iso(value) if key in _INSTANTS else value


def _iso(instant: Instant | None) -> str | None:
    return None if instant is None else instants.iso(instant)
