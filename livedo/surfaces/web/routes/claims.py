"""Statements of literature, what carries them, and the sources they come from."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livedo.surfaces.web.gate import Allow, User
from livedo.surfaces.web.pages import as_json, page, reader_of
from livedo.surfaces.web.shelves import claim_pages_of, rule_pages_of

router = APIRouter()

Reads = Annotated[User, Depends(Allow("viewer", "clinician", "steward", "admin"))]
KINDS = ("founding", "later")


@router.get("/claims/{claim_id}.json")
def claim_json(request: Request, claim_id: str, user: Reads) -> Response:
    """One statement, for programs."""
    found = claim_pages_of(request).page(claim_id)
    if found is None:
        return as_json({"error": text(request, "claim.missing")}, 404)
    return as_json(found)


@router.get("/claims/{claim_id}")
def claim(request: Request, claim_id: str, user: Reads) -> Response:
    """One statement in both languages, with its source and what carries it."""
    found = claim_pages_of(request).page(claim_id)
    if found is None:
        context = {"near": (), "text": text(request, "missing_text")}
        return page(request, "not_found", text(request, "claim.missing"), user, context, status=404)
    title = f"{text(request, 'claim.title')} {claim_id}"
    return page(request, "claim", title, user, {"claim": found, "twin": f"/claims/{claim_id}.json"})


@router.get("/knowledge.json")
def knowledge_json(request: Request, user: Reads) -> Response:
    """What carries each statement, for programs."""
    shelf = claim_pages_of(request)
    return as_json(
        {
            "knowledge": rule_pages_of(request).knowledge.version,
            "counts": {kind: shelf.counts(kind) for kind in KINDS},
            "claims": msgspec.to_builtins(shelf.rows),
        }
    )


@router.get("/knowledge")
def knowledge(request: Request, user: Reads) -> Response:
    """Every statement, and what carries it."""
    shelf = claim_pages_of(request)
    context = {
        "rows": {kind: [row for row in shelf.rows if row.kind == kind] for kind in KINDS},
        "counts": {kind: shelf.counts(kind) for kind in KINDS},
        "twin": "/knowledge.json",
    }
    return page(request, "knowledge", text(request, "knowledge.title"), user, context)


@router.get("/sources.json")
def sources_json(request: Request, user: Reads) -> Response:
    """Every source, for programs."""
    return as_json({"sources": msgspec.to_builtins(claim_pages_of(request).sources)})


@router.get("/sources")
def sources(request: Request, user: Reads) -> Response:
    """Every source, the newest first."""
    context = {"sources": claim_pages_of(request).sources, "twin": "/sources.json"}
    return page(request, "sources", text(request, "sources.title"), user, context)


def text(request: Request, key: str) -> str:
    """A text of these pages in the reader's language."""
    return reader_of(request).words.text(f"rules_page.{key}")
