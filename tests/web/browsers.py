"""A browser that sends forms as one does: with the token that the pages of its session carry."""

from __future__ import annotations

import base64
import json
from typing import Any

from starlette.testclient import TestClient

from livedo.surfaces.web.sessions import COOKIE, CSRF

TOKEN = "X-Livedo-Csrf"


class Browser(TestClient):
    """A client for tests that are about something else than the form's token."""

    def post(self, url: Any, **kwargs: Any) -> Any:
        """Sends a form from a page of the service."""
        headers = {TOKEN: self.token(), **(kwargs.pop("headers", None) or {})}
        return super().post(url, headers=headers, **kwargs)

    def token(self) -> str:
        """The token of this browser's session, which a page begins."""
        if COOKIE not in self.cookies:
            self.get("/audit")
        data = self.cookies[COOKIE].split(".")[0]
        token: str = json.loads(base64.b64decode(data + "=" * (-len(data) % 4)))[CSRF]
        return token
