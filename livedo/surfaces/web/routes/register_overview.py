"""The register as a whole: who is to be seen again, how complete it is, how its readers agree.

Completeness and agreement name nobody. Their counts are true ones, for inside use only.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livedo.errors import PartMissing
from livedo.knowledge.register import load_case_report_form
from livedo.knowledge.register_quality import load_verdicts
from livedo.registry.adjudication import readings
from livedo.registry.completeness import Completeness, FieldCount, completeness
from livedo.registry.follow_up import visit_counts
from livedo.surfaces.web.audited import event
from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import page, reader_of
from livedo.surfaces.web.register_rows import Rows
from livedo.surfaces.web.register_visits import to_see, visit_label, without_schedule
from livedo.surfaces.web.routes.register import register_of

router = APIRouter()

Reads = Annotated[User, Depends(Allow("viewer", "clinician", patient_data=True))]
Counts = Annotated[User, Depends(Allow("viewer", "clinician", "steward"))]
Compares = Annotated[User, Depends(Allow("clinician", "steward"))]


@router.get("/register/follow-up")
def follow_up_page(request: Request, user: Reads) -> Response:
    """Who was not seen when they should have been, and who is due now."""
    register, reader = register_of(request), reader_of(request)
    event(request, "register follow-up shown")
    rows, people = Rows(register, reader), register.in_register()
    followed = [register.followed(person_id) for person_id in people]
    context = {
        "groups": [(status, to_see(rows, people, status)) for status in ("overdue", "due")],
        "undated": without_schedule(rows, people),
        "counts": [(visit_label(rows, one.id), one) for one in visit_counts(followed)],
        "today": rows.day(register.today),
        "cases": len(people),
        "may_enter": user.may("clinician"),
    }
    title = reader.words.text("register.follow_up.title")
    return page(request, "register_follow_up", title, user, context)


@router.get("/register/completeness")
def completeness_page(request: Request, user: Counts) -> Response:
    """Of each question: answered, said to be unknown, or blank."""
    register, reader = register_of(request), reader_of(request)
    event(request, "register completeness shown")
    rows = Rows(register, reader)
    is_all = request.query_params.get("show") == "all"
    cases = [case for case in register.cases() if case.place == "in_register" or is_all]
    kept = [case for case in cases if case.place in ("in_register", "proposed")]
    found = completeness([register.form(case.person_id) for case in kept])
    context = {
        "found": found,
        "forms": list(forms_of(found, rows)),
        "is_all": is_all,
        "may_list": user.may("viewer", "clinician"),
        "may_compare": user.may("clinician", "steward"),
    }
    title = reader.words.text("register.completeness.title")
    return page(request, "register_completeness", title, user, context)


def forms_of(
    found: Completeness, rows: Rows
) -> list[tuple[str, Any, list[tuple[str, FieldCount]]]]:
    """Each form by name, with its questions by name; what nobody is asked is left out."""
    asked = load_case_report_form()
    named = []
    for form in found.forms:
        known = asked.form(form.form)
        if known is None:
            continue
        fields = [
            (rows.label(field), count)
            for count in form.fields
            if count.asked and (field := known.field(count.field)) is not None
        ]
        named.append((rows.title(known), form, fields))
    return named


@router.get("/register/agreement")
def agreement_page(request: Request, user: Compares) -> Response:
    """How often two readers agree, and beyond chance."""
    reader = reader_of(request)
    event(request, "agreement of readers shown")
    context = {
        **agreement_of(request),
        "percent": round(100 * load_verdicts().level),
        "may_list": user.may("clinician"),
    }
    title = reader.words.text("register.agreement.title")
    return page(request, "register_agreement", title, user, context)


def agreement_of(request: Request) -> dict[str, Any]:
    """The figures, or that the statistics are not installed."""
    store = register_of(request).service.store
    cases = readings(store.of_kind("adjudication"))
    stages = [case.stage for case in cases]
    counts = {stage: stages.count(stage) for stage in sorted(set(stages))}
    try:
        # Not at the top: the statistics are large, and a part of their own.
        from livedo.registry.agreement import agreement

        return {"found": agreement(cases), "stages": counts, "missing": ""}
    except PartMissing as error:
        return {"found": None, "stages": counts, "missing": error.next_step}
