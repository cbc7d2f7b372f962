"""Whoever answers for the service sees who saw whom, and sees no patient."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from tests.web.guarded import browser, guarded


@pytest.mark.parametrize(("lang", "said"), [("en", "Audit log"), ("da", "Adgangslog")])
def test_an_administrator_sees_who_saw_whom_by_link(
    demo_app: FastAPI, lang: str, said: str
) -> None:
    app = guarded(demo_app)
    link = app.state.service.link_of("B-044")
    assert browser(app, "viewer", name="doctor-2").get(f"/patients/{link}").status_code == 200
    assert browser(app, "clinician").get("/worklist").status_code == 200
    admin = browser(app, "admin", name="it-1")
    page = admin.get(f"/audit?lang={lang}").text
    assert f"<h1>{said}</h1>" in page
    assert link in page
    assert "B-044" not in page
    about = admin.get(f"/audit.json?person={link}").json()["events"]
    assert [(event["who"], event["action"]) for event in about] == [("doctor-2", "patient shown")]
    every = admin.get("/audit.json").json()["events"]
    assert every[0]["action"] == "audit log shown"
    assert every[0]["who"] == "it-1"


def test_what_a_token_or_a_name_holds_is_shown_inert(demo_app: FastAPI) -> None:
    app = guarded(demo_app)
    hostile = "<script>alert(1)</script>"
    browser(app, "viewer", name=hostile).get("/worklist")
    page = browser(app, "admin").get("/audit").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
