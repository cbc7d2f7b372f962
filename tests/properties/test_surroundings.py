"""The same bytes whatever the hash seed, the locale and the time zone of the process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SURROUNDINGS = [
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "4242", "LC_ALL": "da_DK.UTF-8", "TZ": "America/St_Johns"},
]

PROGRAM = """
import sys
import msgspec
from livedo.knowledge.casefile import parse_case
from livedo.knowledge.invented import patient_from_case
from livedo.knowledge.vocabulary import load_vocabulary
from tests.spec.manual import all_examples
from tests.spec.example import ASKED, case_of, engine_of
for example in all_examples():
    engine = engine_of({ASKED: example.rule, **example.others})
    case = case_of(example.patient, ["drug", "condition"], "2026-11-20", {"born": "1960"})
    record, as_of = patient_from_case(case, load_vocabulary())
    sys.stdout.buffer.write(msgspec.json.encode(engine.judge(record, as_of)) + b"\\n")
"""


def answers_in(surroundings: dict[str, str]) -> bytes:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**kept, **surroundings},
        capture_output=True,
        check=True,
        timeout=120,
    )
    return done.stdout


@pytest.fixture(scope="module")
def usual() -> bytes:
    return answers_in(SURROUNDINGS[0])


@pytest.mark.parametrize("surroundings", SURROUNDINGS[1:])
def test_the_same_bytes_everywhere(usual, surroundings):
    assert usual.count(b"\n") > 100
    assert answers_in(surroundings) == usual
