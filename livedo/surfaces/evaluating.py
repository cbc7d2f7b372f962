"""Published cases judged without their answer, and scored where the answer is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from livedo.act.explanation import Explainer
from livedo.act.facts_in_words import FactWords
from livedo.act.result import Explanation
from livedo.act.scoring import Ranked, Share, Truth, shares
from livedo.assess.answer import Status
from livedo.errors import SourceUnreadable
from livedo.knowledge.case_files import load_case_file_reading
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.wording import Wording
from livedo.record.build import read_in_memory
from livedo.record.tables import PatientRecord
from livedo.sources.files import VIGNETTES
from livedo.surfaces.judging import python_engine

SUSPICIONS = {"confirmed": "suspected", "probable": "suspected", "excluded": "not_suspected"}
"""Words for certainty that the document tells by a plainer one; the others stand as they are."""

KIDNEY_FAILURE = "risk/kidney_failure"

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def ranked_cases(folder: Path) -> Iterator[Ranked]:
    """Every case file of a folder, in the order of the names, judged and then compared.

    Raises:
        SourceUnreadable: the folder is not there or holds no case.
    """
    files = sorted(path for path in folder.glob("*") if path.suffix in VIGNETTES)
    if not files:
        raise SourceUnreadable(
            "There is no case file in it.",
            where=str(folder),
            next_step="Name a folder of .yaml case files, as docs describe them.",
        )
    engine = python_engine()
    explainer = Explainer(engine, FactWords(load_knowledge()))
    for path in files:
        for record in read_in_memory(path).patients:
            yield _ranked(path, record, explainer)


def _ranked(path: Path, record: PatientRecord, explainer: Explainer) -> Ranked:
    moment = max((fact.known_at for fact in record.facts), default=0)
    explanation = explainer.explanation(record, moment)
    kidney = explainer.rows.engine.judge(record, moment, [KIDNEY_FAILURE]).answers[KIDNEY_FAILURE]
    certainty = explanation.result.certainty or "cannot_tell"
    return Ranked(
        id=record.person.person_id,
        differential=tuple(line.diagnosis for line in explanation.differential.lines),
        suspicion=SUSPICIONS.get(certainty, certainty),
        ask_for=tuple(dict.fromkeys(_asked_for(explanation))),
        has_kidney_failure=kidney.status is Status.YES,
        truth=_truth(path),
    )


def _asked_for(explanation: Explanation) -> Iterator[str]:
    """What is missing and asked for: what could change the state, the work-up, the order."""
    for unknown in explanation.result.unknown:
        yield unknown.concept
    for line in explanation.workup.lines:
        if line.status != "done":
            yield from line.concepts
    for diagnosis in explanation.differential.lines:
        for unknown_line in diagnosis.unknown if diagnosis.is_shown else ():
            yield from unknown_line.concepts


def _truth(path: Path) -> Truth | None:
    """The answer of a case, read after the case was judged, and by nothing else."""
    content: Any = yaml.load(path.read_text("utf-8-sig"), _Loader)
    told = content.get("truth") if isinstance(content, dict) else None
    if not isinstance(told, dict) or not isinstance(told.get("diagnosis"), str):
        return None
    reading = load_case_file_reading()
    tags = [tag for tag in content.get("tags") or () if isinstance(tag, str)]
    ulcerated = told.get("ulcerated")
    return Truth(
        diagnosis=told["diagnosis"],
        is_ulcerated=ulcerated if isinstance(ulcerated, bool) else None,
        is_renal=reading.renal_tag in tags,
        is_left_out=reading.sparse_tag in tags or told.get("label_confidence") == reading.contested,
    )


def document(cases: list[Ranked]) -> dict[str, Any]:
    """The document of `livedo evaluate vignettes --json`."""
    told: dict[str, Any] = {"cases": [_case(case) for case in cases]}
    if any(case.truth for case in cases):
        told["scores"] = {
            share.id: {
                "hits": share.hits,
                "of": share.of,
                "share": share.share,
                "interval_95": [share.low, share.high],
            }
            for share in shares(cases)
        }
    return told


def _case(case: Ranked) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": case.id,
        "differential": list(case.differential),
        "suspicion": case.suspicion,
        "ask_for": list(case.ask_for),
    }
    if case.truth is not None:
        told |= {"truth": case.truth.diagnosis, "rank": case.rank}
    return told


def lines(cases: list[Ranked], wording: Wording) -> Iterator[str]:
    """The scores for a person: every stratum with its share and interval."""

    def text(key: str, **values: object) -> str:
        return wording.text(f"differential.evaluation.{key}", **values)

    known = [case for case in cases if case.truth is not None]
    left_out = sum(1 for case in known if case.truth and case.truth.is_left_out)
    yield text("title", count=len(cases))
    if known:
        yield text("head")
        for share in shares(cases):
            yield _row(share, text(f"stratum.{share.id}"), wording)
        yield text("note")
    if left_out:
        yield text("left_out", count=left_out)
    if len(known) < len(cases):
        yield text("without_truth", count=len(cases) - len(known))


def _row(share: Share, name: str, wording: Wording) -> str:
    if share.share is None or share.low is None or share.high is None:
        return wording.text("differential.evaluation.none", name=name)
    low, high = (f"{100 * end:.0f} %" for end in (share.low, share.high))
    return wording.text(
        "differential.evaluation.row",
        name=name,
        hits=share.hits,
        total=share.of,
        share=f"{100 * share.share:.0f} %",
        low=low,
        high=high,
    )
