"""Both languages say everything, and no text of the surfaces stands in a program."""

from __future__ import annotations

import re
from pathlib import Path

from livedo.knowledge.wording import placeholders
from livedo.surfaces.words import words

SURFACES = Path(__file__).resolve().parents[2] / "livedo" / "surfaces"


def test_english_and_danish_have_the_same_keys_and_places() -> None:
    english, danish = (words(lang)._wording.entries for lang in ("en", "da"))
    assert english.keys() == danish.keys()
    assert [k for k in english if placeholders(english[k]) != placeholders(danish[k])] == []


def test_every_key_that_the_templates_and_programs_name_exists() -> None:
    named = set()
    for path in [*SURFACES.rglob("*.py"), *SURFACES.rglob("*.j2")]:
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'(?:words|texts)\.(?:text|count)\(\s*[\'"]([\w.]+)[\'"]', text))
    assert len(named) > 100
    known = words("en").keys()
    whole = [key for key in named if not key.endswith(".")]
    assert sorted(key for key in whole if f"surfaces.{key}" not in known and key not in known) == []


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert words("en").whole(48213) == "48,213"
    assert words("da").whole(48213) == "48.213"
    assert words("da").decimal(2.5, 2) == "2,50"


def test_one_and_many_are_told_apart() -> None:
    assert words("da").count("read.people", 1) == "1 person"
    assert words("da").count("read.people", 2) == "2 personer"
