"""A call of a record system, read strictly; what is wrong is named without any value of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from livedo.sources.faults import UNDECODABLE
from livedo.sources.fhir_types import ABSENT, Raw
from livedo.surfaces.hooks.files import Hook

_FHIR_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
LONGEST_INSTANCE = 200


class HookRefused(Exception):
    """A call that cannot be answered: an HTTP status and the id of a text, never a value."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class Context(msgspec.Struct, frozen=True, rename="camel"):
    """The parts of a hook's context that are read."""

    patient_id: str
    selections: tuple[str, ...] | None = None
    draft_orders: Raw = ABSENT


class HookRequest(msgspec.Struct, frozen=True, rename="camel"):
    """The parts of a call that are read. Access tokens for the FHIR server are not among them."""

    hook: str
    hook_instance: str
    context: Context
    prefetch: Mapping[str, Raw] | None = None


_calls = msgspec.json.Decoder(HookRequest)


def read_request(body: bytes, hook: Hook) -> HookRequest:
    """The call of one hook.

    Raises:
        HookRefused: 400 for what is no JSON, 422 for JSON that is no call of this hook.
    """
    try:
        request = _calls.decode(body)
    except msgspec.ValidationError:
        raise HookRefused(422, "not_a_call") from None
    except UNDECODABLE:
        raise HookRefused(400, "not_json") from None
    if request.hook != hook:
        raise HookRefused(422, "other_hook")
    if not 0 < len(request.hook_instance) <= LONGEST_INSTANCE:
        raise HookRefused(422, "not_a_call")
    if not _FHIR_ID.fullmatch(request.context.patient_id):
        raise HookRefused(422, "no_patient")
    if hook != "patient-view" and request.context.draft_orders is ABSENT:
        raise HookRefused(422, "no_drafts")
    if hook == "order-select" and request.context.selections is None:
        raise HookRefused(422, "no_selections")
    return request
