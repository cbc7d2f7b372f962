"""Signing in and out. Who has no role is told so, and sees nothing else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livedo.access.sign_in import Provider, SignInRefused
from livedo.surfaces.web import sessions
from livedo.surfaces.web.access import Access
from livedo.surfaces.web.gate import Open
from livedo.surfaces.web.refusals import Refused

router = APIRouter()

FIRST_PAGE = "/worklist"
DONE = "/sign-in/done"
NO_STORE = {"Cache-Control": "no-store"}


def access_of(request: Request) -> Access:
    """What guards the service."""
    access: Access = request.app.state.access
    return access


def provider_of(request: Request) -> Provider:
    """The sign-in provider. Raises Refused where none is configured."""
    provider: Provider | None = access_of(request).provider
    if provider is None:
        raise Refused(404)
    return provider


@router.get("/sign-in")
async def sign_in(
    request: Request, _: Annotated[None, Depends(Open("the way to the sign-in provider"))]
) -> Response:
    """Sends the browser to the sign-in provider."""
    provider = provider_of(request)
    base = (access_of(request).settings.base_url or "").rstrip("/")
    response = await provider.leave(request, base + DONE)
    response.headers.update(NO_STORE)
    return response


@router.get(DONE)
async def sign_in_done(
    request: Request, _: Annotated[None, Depends(Open("the way back from the provider"))]
) -> Response:
    """Begins a session for whoever the provider vouches for."""
    access, session = access_of(request), sessions.session_of(request.scope)
    place = session.get(sessions.NEXT, FIRST_PAGE)
    try:
        user = await provider_of(request).arrive(request)
    except SignInRefused as error:
        session.clear()
        request.state.audit.refused(f"sign-in: {error.reason}", error.who)
        raise Refused(403, "sign_in_failed") from None
    if not user.roles:
        session.clear()
        request.state.audit.refused("sign-in: no role", user.name)
        raise Refused(403, "no_role")
    sessions.begin(session, user, access.now())
    request.state.audit.user = user
    request.state.audit.record("signed in")
    is_own = isinstance(place, str) and sessions.is_own_path(place)
    return RedirectResponse(place if is_own else FIRST_PAGE, 303, NO_STORE)


@router.post("/sign-out")
def sign_out(
    request: Request, _: Annotated[None, Depends(Open("whoever is signed in may leave"))]
) -> Response:
    """Ends the session."""
    if request.state.user is not None:
        request.state.audit.record("signed out")
    sessions.end(sessions.session_of(request.scope), access_of(request))
    return RedirectResponse("/signed-out", 303, NO_STORE)


@router.get("/signed-out")
def signed_out(
    request: Request, _: Annotated[None, Depends(Open("a page without content"))]
) -> Response:
    """Says that nobody is signed in."""
    from livedo.surfaces.web.refusals import answer

    return answer(request, Refused(200, "signed_out"))
