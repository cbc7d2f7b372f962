"""Is this installation able to work, and if not, what to do. Never reads a patient's data."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from livedo import __version__
from livedo.config import read_settings
from livedo.surfaces.words import Words, words

State = Literal["ok", "warning", "broken"]

LIBRARIES = ("click", "jinja2", "jsonschema", "msgspec", "pyarrow", "yaml", "tzdata")
DISTRIBUTIONS = {"yaml": "pyyaml"}
OLDEST_PYTHON = (3, 11)
LITTLE_MEMORY_GB = 2.0


@dataclass(frozen=True)
class Check:
    """One thing looked at. `id` is permanent; values fill the words of its state."""

    id: str
    state: State
    values: dict[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Where the words of this check are."""
        return f"doctor.check.{self.id.partition(':')[0]}"

    def title(self, texts: Words) -> str:
        """What was looked at."""
        return texts.text(f"{self.key}.title", **self.values)

    def meaning(self, texts: Words) -> str:
        """What was found."""
        return texts.text(f"{self.key}.{self.state}", **self.values)

    def fix(self, texts: Words) -> str:
        """What to do about it; empty when all is well."""
        if self.state == "ok":
            return ""
        return texts.find(f"{self.key}.fix") or ""


def examine(encoding: str) -> Iterator[Check]:
    """Every check in turn; one that fails in an unforeseen way is itself broken."""
    looks: list[tuple[str, Callable[[], Check]]] = [
        ("python", python),
        ("livedo", lambda: Check("livedo", "ok", {"version": __version__})),
        *((f"library:{name}", lambda name=name: library(name)) for name in LIBRARIES),
        ("settings", settings),
        ("time_zone", time_zone),
        ("texts", texts_agree),
        ("knowledge", knowledge),
        ("schema", schema),
        ("encoding", lambda: terminal_encoding(encoding)),
        ("folder", folder),
        ("memory", memory),
    ]
    for name, look in looks:
        try:
            yield look()
        except Exception:
            yield Check(name, "broken", {"name": name.partition(":")[2], "version": ""})


def python() -> Check:
    """The interpreter is new enough."""
    state: State = "ok" if sys.version_info[:2] >= OLDEST_PYTHON else "broken"
    return Check("python", state, {"version": ".".join(map(str, sys.version_info[:3]))})


def library(name: str) -> Check:
    """A library that the core needs can be loaded."""
    importlib.import_module(name)
    version = importlib.metadata.version(DISTRIBUTIONS.get(name, name))
    return Check(f"library:{name}", "ok", {"name": name, "version": version})


def settings() -> Check:
    """The settings can be read."""
    changed = [value for value in read_settings().values() if value.source != "default"]
    return Check("settings", "ok", {"n": len(changed)})


def time_zone() -> Check:
    """The list of time zones is there."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(read_settings()["time_zone"].value)
    ZoneInfo("Europe/Copenhagen")
    return Check("time_zone", "ok", {"zone": zone.key})


def texts_agree() -> Check:
    """Both languages have the same texts."""
    agree = words("en").keys() == words("da").keys()
    return Check("texts", "ok" if agree else "broken")


def knowledge() -> Check:
    """The rules load, and the engine can run every one of them."""
    from livedo.assess.engine_python import PythonEngine
    from livedo.knowledge.load import load_knowledge

    loaded = load_knowledge()
    state: State = "broken" if PythonEngine(loaded).broken else "ok"
    return Check("knowledge", state, {"n": len(loaded.rules), "version": loaded.version})


def schema() -> Check:
    """The schema of a rule file can be exported for an editor."""
    from livedo.knowledge.schema import KINDS

    return Check("schema", "ok" if KINDS else "broken")


def terminal_encoding(encoding: str) -> Check:
    """The terminal shows UTF-8, or the shapes are written in ASCII."""
    shows = encoding.lower().replace("-", "").replace("_", "") in {"utf8", "utf8sig"}
    return Check("encoding", "ok" if shows else "warning", {"encoding": encoding})


def folder() -> Check:
    """Something can be written here."""
    return Check("folder", "ok" if os.access(Path.cwd(), os.W_OK) else "warning")


def memory() -> Check:
    """Enough memory for a large record."""
    if not hasattr(os, "sysconf"):
        return Check("memory", "ok", {"gb": "?"})
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    state: State = "ok" if size >= LITTLE_MEMORY_GB else "warning"
    return Check("memory", state, {"gb": f"{size:.0f}"})
