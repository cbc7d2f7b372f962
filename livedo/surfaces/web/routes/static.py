"""Style sheets and the script: files of our own, the same for everybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livedo.surfaces.web.gate import Open
from livedo.surfaces.web.styles import by_address

router = APIRouter()

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/static/{name}")
def static(
    request: Request, name: str, _: Annotated[None, Depends(Open("style and script"))]
) -> Response:
    """One file, by the address that carries its content's digest."""
    asset = by_address().get(request.url.path)
    if asset is None:
        return Response(status_code=404)
    return Response(asset.content, media_type=asset.media_type, headers=FOR_EVER)
