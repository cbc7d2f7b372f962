"""What is written into the case register: kept, refused, erased, brought back; both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.decisions.backup import restore
from livedo.decisions.entries import Adjudication, CaseReport, body_as_json, body_from_json
from livedo.decisions.facts import entered_facts
from livedo.decisions.store import DecisionStore, open_store
from livedo.errors import EntryInvalid
from livedo.instants import DAY
from livedo.knowledge.vocabulary import load_vocabulary
from tests.decisions.entered import NOON, entered, kept

DIAGNOSED = CaseReport("case", 1, (("diagnosed_on", "2024-09"), ("kind", "uraemic")))
LESION = CaseReport("lesion", 2, (("body_site", "penis"), ("ulcer_on", "unknown")))
READ = Adjudication("single", "probable", "disease", "seen twice")
KEPT = (
    DIAGNOSED,
    LESION,
    CaseReport("lesion", 99, is_removed=True),
    CaseReport("person", 1, (("ethnicity", "told"), ("height", ""))),
    CaseReport("pain", 1, (("scale", "vas"), ("value", "71"))),
    READ,
    Adjudication("consensus", "not_calciphylaxis"),
)


def test_reports_and_readings_are_there_after_a_restart(address: str) -> None:
    with open_store(address) as store:
        store.add([entered(f"e{n}", body) for n, body in enumerate(KEPT)])
    with open_store(address) as again:
        assert [entry.body for entry in again.of_person("anemone")] == list(KEPT)
        assert [e.body for e in again.of_kind("adjudication")] == [KEPT[5], KEPT[6]]


def case(**values: str) -> CaseReport:
    return CaseReport("case", 1, tuple(values.items()))


IMPOSSIBLE = {
    "a form that does not exist": CaseReport("horoscope", 1, (("sign", "leo"),)),
    "a field that does not exist": case(horoscope="leo"),
    "a date that does not exist": case(diagnosed_on="2024-02-30"),
    "a date in words": case(diagnosed_on="last spring"),
    "a date still to come": case(diagnosed_on="2042-10-06"),
    "a month still to come": case(diagnosed_on="2042-11"),
    "a choice that is none": case(kind="leo"),
    "a class of lesions that is none": CaseReport("lesion", 1, (("site_class", "leo"),)),
    "a number in words": CaseReport("person", 1, (("height", "leo"),)),
    "a person of three metres": CaseReport("person", 1, (("height", "300"),)),
    "pain of 71 on a scale to ten": CaseReport("pain", 1, (("scale", "nrs"), ("value", "71"))),
    "half a character": case(first_wrong_diagnosis_other="\ud800"),
    "a text without end": case(first_wrong_diagnosis_other="a" * 2001),
    "one field twice": CaseReport("case", 1, (("kind", "uraemic"), ("kind", ""))),
    "a second case of one person": CaseReport("case", 2, (("kind", "uraemic"),)),
    "a lesion before the first": CaseReport("lesion", 0),
    "more lesions than anybody has": CaseReport("lesion", 100),
    "a case that is taken away": CaseReport("case", 1, is_removed=True),
    "a reading that is none": Adjudication("leo", "probable"),  # type: ignore[arg-type]
    "a verdict that is none": Adjudication("single", "leo"),  # type: ignore[arg-type]
    "a cause that is none": Adjudication("single", "probable", "leo"),  # type: ignore[arg-type]
    "a comment without end": Adjudication("single", "probable", None, "a" * 2001),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_be_said_of_a_case_is_refused_without_its_value(
    what: str, store: DecisionStore
) -> None:
    with pytest.raises(EntryInvalid) as refused:
        store.add([entered("good"), entered("bad", IMPOSSIBLE[what])])
    told = str(refused.value)
    assert not any(value in told for value in ("anemone", "leo", "2042", "300", "71", "spring"))
    assert store.since(0) == []


def test_a_report_is_about_somebody(store: DecisionStore) -> None:
    for body in (DIAGNOSED, READ):
        with pytest.raises(EntryInvalid):
            store.add([entered("x", body, person=None)])


def test_a_report_and_a_reading_give_no_fact() -> None:
    entries = kept(*(entered(f"e{n}", body) for n, body in enumerate(KEPT)))
    assert entered_facts(entries, "anemone", load_vocabulary()) == []


def test_somebody_outside_the_record_is_kept_and_erased_too(store: DecisionStore) -> None:
    store.add([entered("e1", DIAGNOSED, person="register:1"), entered("e2", READ)])
    assert len(store.of_person("register:1")) == 1
    assert store.forget("register:1", by="D. Officer", reason="request", at=NOON + DAY) == 1
    assert store.of_person("register:1") == []
    assert len(store.of_person("anemone")) == 1


def test_no_word_about_an_erased_case_is_left_in_the_file(address: str) -> None:
    if not address.startswith("sqlite"):
        pytest.skip("the files of a server are the server's")
    told = case(first_wrong_diagnosis_other="canary-diagnosis")
    read = Adjudication("single", "probable", None, "canary-comment")
    with open_store(address) as store:
        store.add([entered("e1", told), entered("e2", read)])
        assert store.forget("anemone", by="D. Officer", reason="request", at=NOON + DAY) == 2
    for path in Path(address.removeprefix("sqlite:///")).parent.iterdir():
        assert b"canary" not in path.read_bytes()


def test_reports_and_readings_are_back_after_a_restore(address: str, tmp_path: Path) -> None:
    file, target = tmp_path / "decisions.backup", f"sqlite:///{tmp_path / 'restored.sqlite'}"
    with open_store(address) as store:
        added = store.add([entered(f"e{n}", body) for n, body in enumerate(KEPT)])
        store.backup(file)
    assert restore(file, target) == len(KEPT)
    with open_store(target) as restored:
        assert restored.since(0) == added


@pytest.mark.parametrize("body", KEPT)
def test_a_report_reads_back_as_it_was_written(body: CaseReport | Adjudication) -> None:
    assert body_from_json(body_as_json(body)) == body
