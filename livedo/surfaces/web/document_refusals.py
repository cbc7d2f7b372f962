"""What a program is told when its request is not answered: what, what still works, what next.

The same parts as of every other message; never a value of what was sent.
"""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from livedo.errors import LivedoError
from livedo.surfaces.fhir_out.bundle import MEDIA_TYPE

NO_STORE = {"Cache-Control": "no-store"}


class Refusal(LivedoError):
    """A request that is not answered, and the status of HTTP that says so."""

    def __init__(self, status: int, what: str, *, still_works: str = "", next_step: str = ""):
        super().__init__(what, still_works=still_works, next_step=next_step)
        self.status = status


def refused(error: LivedoError, status: int, *, as_fhir: bool) -> Response:
    """The answer: an OperationOutcome for who speaks FHIR, else a JSON document.

    Where an error happened is left out: it may name what was sent.
    """
    parts = [text for text in (error.what, error.still_works, error.next_step) if text]
    if as_fhir:
        kind = "fatal" if status >= 500 else "error"
        issue = {
            "severity": kind,
            "code": "exception" if status >= 500 else "invalid",
            "details": {"text": error.what},
            "diagnostics": " / ".join([error.code, *parts[1:]]),
        }
        document: object = {"resourceType": "OperationOutcome", "issue": [issue]}
    else:
        document = {
            "error": {
                "code": error.code,
                "what": error.what,
                "still_works": error.still_works,
                "next_step": error.next_step,
            }
        }
    media_type = MEDIA_TYPE if as_fhir else "application/json"
    again = {"Retry-After": "2"} if status == 503 else {}
    return Response(msgspec.json.encode(document), status, {**NO_STORE, **again}, media_type)
