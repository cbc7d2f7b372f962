"""Where a request comes from and for whom it is meant: host, origin, fetch metadata."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from livedo.access.settings import AccessSettings, is_loopback
from livedo.surfaces.web.access import Access


def host_of(header: str) -> str:
    """The host of a Host header without its port; empty where it is none."""
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port
    except ValueError:
        return ""
    is_plain = parts.netloc == header and "@" not in header
    return (parts.hostname or "") if is_plain else ""


def is_known_host(header: str, settings: AccessSettings) -> bool:
    """Whether a request names this service: its own host, or this machine by its own name.

    A page of another site whose name is made to point here (DNS rebinding) names its own host.
    """
    host = host_of(header)
    own = urlsplit(settings.base_url or "").hostname
    return bool(host) and (host == own or is_loopback(host))


def is_own(request: Request, access: Access) -> bool:
    """Whether something that changes anything was sent from a page of this service."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or origin in own_origins(request, access)


def own_origins(request: Request, access: Access) -> tuple[str, ...]:
    """The origins of this service's pages, as a browser names them."""
    base = access.settings.base_url
    if base is not None:
        parts = urlsplit(base)
        return (f"{parts.scheme}://{parts.netloc}",)
    return (f"{request.url.scheme}://{request.headers.get('host', '')}",)
