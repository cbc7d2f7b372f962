"""What is shipped for running the service names files, commands and addresses that are there."""

from __future__ import annotations

import configparser
import re
import shlex

import pytest

from livedo.surfaces.cli import cli
from tests.architecture.source_tree import ROOT

DEPLOY = ROOT / "deploy"
PORT = "8765"


def instructions() -> list[tuple[str, str]]:
    """The Containerfile: each instruction with what follows it, lines put together."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    joined = re.sub(r"\\\n", " ", "\n".join(x for x in text.splitlines() if x[:1] != "#"))
    return [
        (line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines() if line
    ]


def of(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def unit() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((DEPLOY / "livedo.service").read_text("utf-8"))
    return parser


def test_every_file_copied_into_the_container_exists() -> None:
    for copied in of("COPY"):
        if not copied.startswith("--from"):
            *sources, _ = copied.split()
            assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_container_installs_by_lock_and_hash_alone() -> None:
    installs = [run for run in of("RUN") if "pip install" in run]
    assert installs
    for run in installs:
        assert "--require-hashes" in run or ("--no-index" in run and "--no-deps" in run)
    named = set(re.findall(r"[\w-]+\.lock", " ".join(of("RUN") + of("COPY"))))
    assert named == {"requirements.lock", "requirements-serve.lock"}


def test_the_container_does_not_run_as_root() -> None:
    last = [name for name, _ in instructions()]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", of("USER")[-1])
    assert last.index("USER") < last.index("ENTRYPOINT")
    assert not any("sudo" in run or "chmod 777" in run for run in of("RUN"))


def test_no_secret_is_built_in() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    assert not re.search(r"(?i)(password|secret|token|key)\s*=", text)
    assert of("ADD") == []


def command_exists(words: list[str]) -> None:
    command = cli.commands[words[0]]
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_the_commands_of_container_and_unit_exist() -> None:
    assert of("ENTRYPOINT") == ['["livedo"]']
    command_exists(re.findall(r'"([^"]+)"', of("CMD")[-1]))
    program, *words = shlex.split(unit()["Service"]["ExecStart"])
    assert program.endswith("/bin/livedo")
    command_exists(words)


def test_everything_speaks_of_the_same_port() -> None:
    assert of("EXPOSE") == [PORT]
    assert f"127.0.0.1:{PORT}/health" in of("HEALTHCHECK")[0]
    for name in ("Caddyfile", "nginx.conf"):
        assert f"127.0.0.1:{PORT}" in (DEPLOY / name).read_text("utf-8")
    assert f"--port {PORT}" in unit()["Service"]["ExecStart"]


def test_the_unit_is_hardened() -> None:
    service = unit()["Service"]
    assert service["User"] == "livedo"
    for name in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome"):
        assert service[name] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["UMask"] == "0077"


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_a_proxy_has_https_limits_and_does_not_believe_clients(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    assert text.count("{") == text.count("}")
    assert "Strict-Transport-Security" in text
    assert re.search(r"max_size 8MB|client_max_body_size\s+8m", text)
    assert "/metrics/scrape" in text
    assert "$proxy_add_x_forwarded_for" not in text
    assert "Forwarded" in text


def test_nginx_ends_every_directive() -> None:
    lines = [
        line.split("#")[0].strip() for line in (DEPLOY / "nginx.conf").read_text().splitlines()
    ]
    assert [line for line in lines if line and line[-1] not in ";{}"] == []
