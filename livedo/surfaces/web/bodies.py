"""A body that somebody sent: only as large as allowed, only JSON, never unpacked."""

from __future__ import annotations

from starlette.requests import Request

from livedo.surfaces.web.document_refusals import Refusal

MOST_BYTES = 8 << 20
"""Of one document. Whole exports are read with `livedo read`."""

JSON_TYPES = ("application/fhir+json", "application/json")


async def json_body(request: Request, most: int = MOST_BYTES) -> bytes:
    """The bytes of a JSON document.

    Raises:
        Refusal: too large (413), or not plain JSON in UTF-8 (415).
    """
    refuse_other_kinds(request)
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > most:
        raise too_large(most)
    body = await bytes_within(request, most)
    if body is None:
        raise too_large(most)
    return body


async def bytes_within(request: Request, most: int) -> bytes | None:
    """The body of a request; None, and the rest unread, as soon as it is larger."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def refuse_other_kinds(request: Request) -> None:
    """Refuses what is packed, XML or in another charset; nothing of the body has been read."""
    packing = request.headers.get("content-encoding", "identity").strip().casefold()
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "').casefold()
    if packing not in ("", "identity"):
        what = "The body is packed (Content-Encoding), and packed bodies are not read."
    elif kind.strip().casefold() not in JSON_TYPES:
        what = "The body is not declared as JSON."
    elif charset not in ("", "utf-8", "utf8"):
        what = "The body is declared in another charset than UTF-8."
    else:
        return
    raise Refusal(
        415,
        what,
        still_works="files of every kind are read by livedo read",
        next_step="send FHIR R4 as Content-Type application/fhir+json, in UTF-8, not packed",
    )


def too_large(most: int) -> Refusal:
    """The refusal of a body that is too large."""
    return Refusal(
        413,
        f"The body is larger than {most >> 20} MiB.",
        still_works="a smaller Bundle, or livedo read for an export",
        next_step="send one person's Bundle, with what the rules read and nothing else",
    )
