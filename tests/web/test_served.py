"""Over a real socket: slow, broken and crooked requests, and what then stands in the log."""

from __future__ import annotations

import logging.config
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from livedo.audit.check import verify
from livedo.audit.log import open_log
from livedo.surfaces.web import logs
from tests.web.guarded import BASE, Hands, browser, settings
from tests.web.small import NAME, small

HOST = b"Host: 127.0.0.1\r\n"


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """The application on a port of this machine, with the log settings of the product."""
    config = uvicorn.Config(app, port=0, log_config=None, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    log = open_log(tmp_path / "audit.log", now=Hands()())
    yield small(settings(body_seconds=0.3), log=log)
    log.close()


@contextmanager
def product_logs() -> Iterator[None]:
    """Logging as livedo serve sets it up, and as it was before when the test ends."""
    root = logging.getLogger()
    handlers, level, settings_ = root.handlers[:], root.level, logs.log_settings(requests=True)
    logging.config.dictConfig(settings_)
    try:
        yield
    finally:
        root.handlers[:], root.level = handlers, level
        for name in settings_["loggers"]:
            logger = logging.getLogger(name)
            logger.handlers[:], logger.propagate = [], True
            logger.setLevel(logging.NOTSET)


def ask(port: int, raw: bytes, *more: bytes) -> bytes:
    """What comes back for bytes sent over a socket."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        for part in (raw, *more):
            line.sendall(part)
        content = b""
        while part := line.recv(65_536):
            content += part
        return content


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def get(path: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"


@pytest.mark.parametrize(
    "path",
    [
        b"/static/../../../etc/passwd",
        b"/static/%2e%2e/%2e%2e/etc/passwd",
        b"//etc/passwd",
        b"/seen/..%2f..%2fopen",
        b"/open/",
        b"/seen/%00",
        b"http://evil.example.org/open",
        b"/" + b"a" * 20_000,
    ],
)
def test_crooked_paths_open_nothing(app: FastAPI, path: bytes) -> None:
    with served(app) as port:
        answer = ask(port, get(path))
        assert status(answer) in (303, 307, 400, 401, 404, 414)
        assert b"root:" not in answer
        assert status(ask(port, get(b"/open"))) == 200


def test_a_body_that_drips_is_cut_off_and_others_are_served(app: FastAPI) -> None:
    client = browser(app, "clinician")
    cookie = f"Cookie: livedo_session={client.cookies['livedo_session']}\r\n".encode()
    head = b"POST /enter HTTP/1.1\r\n" + HOST + cookie + b"Content-Length: 100\r\n\r\n"
    with served(app) as port:
        assert status(ask(port, head, b"x")) == 408
        assert status(ask(port, get(b"/open"))) == 200


def test_what_is_no_http_is_refused(app: FastAPI) -> None:
    with served(app) as port:
        assert status(ask(port, b"\x16\x03\x01 hello\r\n\r\n")) == 400
        assert status(ask(port, b"GET /open HTTP/1.1\r\nConnection: close\r\n\r\n")) == 400


def test_an_error_leaves_one_line_without_a_value_and_the_chain_is_whole(
    app: FastAPI, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with product_logs():
        with served(app) as port:
            client = browser(app, "viewer")
            cookie = client.cookies["livedo_session"]
            for path in ("/raises", "/seen/1?q=" + "Canary", "/raises-late"):
                answer = ask(
                    port,
                    f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                    f"Cookie: livedo_session={cookie}\r\n\r\n".encode(),
                )
                assert status(answer) in (200, 500)
        _, said = capfd.readouterr()
    assert "GET /seen/{link} 200" in said
    assert re.search(r"/raises: ValueError at \w+\.py:\d+\n", said)
    assert "Traceback" not in said
    assert NAME not in said
    assert "Canary" not in said
    assert verify(tmp_path / "audit.log").lines == 4
    assert BASE not in said
