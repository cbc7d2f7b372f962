"""Whoever runs the service sees whether it works and what it counts, and nobody's name."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from livedo.errors import SettingInvalid, StoreUnwritable
from livedo.surfaces.web.measuring import templates_of
from livedo.surfaces.web.metrics import Metrics
from livedo.surfaces.web.metrics_token import metrics_token
from livedo.surfaces.web.serving import demo_application
from tests.intake.made import bundle, patient, result
from tests.web.conftest import READER
from tests.web.test_fhir_service import send

TOKEN = "a-token-of-the-collector-1"


@pytest.fixture
def own_app(demo_record: Path, tmp_path: Path) -> FastAPI:
    """An application whose parts a test may break."""
    own = tmp_path / "record"
    shutil.copytree(demo_record, own)
    return demo_application(own, READER, processes=1)


@pytest.fixture
def here(own_app: FastAPI) -> Iterator[TestClient]:
    """A browser on the machine of the service."""
    with TestClient(own_app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as client:
        yield client


def counted(text: str) -> dict[str, float]:
    """Every sample with its labels."""
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


# -- health -----------------------------------------------------------------------------


def test_a_healthy_service_says_so_and_names_nobody(here: TestClient) -> None:
    answer = here.get("/health")
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "failing", "version", "knowledge"}
    assert answer.json()["status"] == "ok"


def test_a_store_that_cannot_be_written_is_told_with_503(
    own_app: FastAPI, here: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> bool:
        raise StoreUnwritable("The disk is full", where="/secret/place")

    monkeypatch.setattr(own_app.state.service.store, "use_token", refuses)
    answer = here.get("/health")
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["store"]
    assert "secret" not in answer.text


def test_a_record_that_is_gone_is_told_with_503(own_app: FastAPI, here: TestClient) -> None:
    (own_app.state.service.record.path / "manifest.json").unlink()
    answer = here.get("/health")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["record"])


def test_another_part_can_be_added(own_app: FastAPI, here: TestClient) -> None:
    def broken() -> None:
        raise OSError("no space left")

    own_app.state.health.add("audit", broken)
    assert here.get("/health").json()["failing"] == ["audit"]


def test_asking_often_writes_rarely(
    own_app: FastAPI, here: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(own_app.state.service.store, "use_token", lambda *_: asked.append(1))
    monkeypatch.setattr(own_app.state.service.clock, "now", lambda: 1_000_000_000)
    for _ in range(50):
        assert here.get("/health").status_code == 200
    assert len(asked) == 1


def test_no_probe_stays_in_the_store(own_app: FastAPI, here: TestClient) -> None:
    before = own_app.state.service.store.newest_sequence()
    here.get("/health")
    assert own_app.state.service.store.newest_sequence() == before


# -- metrics ----------------------------------------------------------------------------


def test_requests_are_counted_by_template_and_never_by_address(here: TestClient) -> None:
    link = here.get("/worklist.json").json()["patients"][0]["link"]
    person = here.get(f"{link}.json").json()["person_id"]
    here.get(link)
    here.get("/no/such/place/B-044")
    text = here.get("/metrics").text
    found = counted(text)
    name = "livedo_requests_total[('method', 'GET'), ('route', '{}'), ('status', '{}')]"
    assert found[name.format("/patients/{link}", 200)] == 1
    assert found[name.format("other", 404)] == 1
    assert found["livedo_requests_in_flight[]"] == 1
    assert found["livedo_request_seconds_count[('route', '/worklist.json')]"] == 1
    for told in (link, link.rpartition("/")[2], person, "B-0", "such"):
        assert told not in text


def test_no_label_can_hold_anything_but_a_known_word() -> None:
    metrics = Metrics({"/worklist"}, {"danger/vka_in_use"})
    metrics.began()
    metrics.ended("CANARY", "/patients/canary", 200, 0.1)
    metrics.card("canary", "canary")
    metrics.card("danger/vka_in_use", "warning")
    metrics.feedback("canary", "canary")
    metrics.judged("canary")
    text = metrics.text().decode()
    assert "canary" not in text.casefold()
    assert 'livedo_cards_total{indicator="warning",rule="danger/vka_in_use"} 1.0' in text


def test_documents_judged_and_refused_are_counted(here: TestClient) -> None:
    send(here, msgspec.json.encode(bundle(patient("canary"), result(2.4, "mmol/L"))))
    send(
        here,
        msgspec.json.encode(
            bundle(
                patient("canary"), result(2.4, "mmol/L", subject={"reference": "Patient/canary"})
            )
        ),
    )
    send(here, b"<x/>", content_type="application/xml")
    text = here.get("/metrics").text
    found = counted(text)
    assert found["livedo_judged_total[('what_for', 'document')]"] == 1
    assert found["livedo_refused_total[('reason', 'kind')]"] == 1
    assert "canary" not in text


def test_many_at_once_end_at_none_in_flight(own_app: FastAPI, here: TestClient) -> None:
    threads = [threading.Thread(target=lambda: here.get("/health")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "livedo_requests_in_flight 0.0" in own_app.state.metrics.text().decode()


def test_the_process_is_measured_and_the_global_registry_is_not_used(here: TestClient) -> None:
    from prometheus_client import REGISTRY

    text = here.get("/metrics").text
    assert "process_resident_memory_bytes" in text
    assert not re.search(r"python_gc|python_info", text)
    assert not any(family.name.startswith("livedo") for family in REGISTRY.collect())


def test_every_route_has_a_template_of_its_own(own_app: FastAPI) -> None:
    assert {"/health", "/metrics", "/api/assess", "/patients/{link}/fhir"} <= templates_of(own_app)


# -- the collector ----------------------------------------------------------------------


def scraped(browser: TestClient, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.get("/metrics/scrape", headers=named).status_code


def test_without_a_token_there_is_nothing_to_scrape(here: TestClient) -> None:
    assert scraped(here, authorization="Bearer ") == 404
    assert scraped(here, authorization="Bearer None") == 404


def test_a_collector_on_this_machine_needs_the_token(own_app: FastAPI, here: TestClient) -> None:
    own_app.state.metrics_token = TOKEN
    assert scraped(here, authorization=f"Bearer {TOKEN}") == 200
    assert scraped(here) == 404
    assert scraped(here, authorization=f"Bearer {TOKEN[:-1]}") == 404


@pytest.mark.parametrize("header", ["forwarded", "x-forwarded-for", "x-real-ip", "via"])
def test_through_a_proxy_nobody_scrapes(own_app: FastAPI, here: TestClient, header: str) -> None:
    own_app.state.metrics_token = TOKEN
    assert scraped(here, authorization=f"Bearer {TOKEN}", **{header: "127.0.0.1"}) == 404


def test_from_another_machine_nobody_scrapes(own_app: FastAPI) -> None:
    own_app.state.metrics_token = TOKEN
    with TestClient(own_app, base_url="http://127.0.0.1", client=("10.0.0.9", 1)) as away:
        assert scraped(away, authorization=f"Bearer {TOKEN}") == 404


def test_the_token_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    place = tmp_path / "token"
    place.write_text(TOKEN + "\n", "utf-8")
    assert metrics_token({}) is None
    assert metrics_token({"LIVEDO_METRICS_TOKEN": TOKEN}) == TOKEN
    assert metrics_token({"LIVEDO_METRICS_TOKEN_FILE": str(place)}) == TOKEN
    for wrong in ({"LIVEDO_METRICS_TOKEN": "short"}, {"LIVEDO_METRICS_TOKEN_FILE": "/no/file"}):
        with pytest.raises(SettingInvalid) as refused:
            metrics_token(wrong)
        assert "short" not in str(refused.value).split("Next")[0]
