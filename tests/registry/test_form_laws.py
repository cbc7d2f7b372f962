"""Laws of the form for any record: nothing is invented, nothing later counts, numbers stay.

LIVEDO_EXAMPLES=10000 asks as often as a release does; a commit asks two hundred times.
"""

from __future__ import annotations

import os
import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from livedo.decisions.entries import CaseReport, Entry, NewEntry
from livedo.instants import DAY, Instant
from livedo.knowledge.register import choices_of, is_valid, load_case_report_form
from livedo.record.tables import Fact, Observed, PatientRecord, Person
from livedo.registry.case_form import CaseForm
from livedo.registry.form import filled
from tests.registry.reported import VOCABULARY, ZONE, kept, record

EXAMPLES = int(os.environ.get("LIVEDO_EXAMPLES", "200"))
often = settings(max_examples=EXAMPLES, deadline=None)

FORM = load_case_report_form()
BEGIN: Instant = 19_000 * DAY
DAYS = 40

CONCEPTS = (
    "sign.lesion", "sign.livedo", "sign.plaque", "sign.ulcer", "sign.lesion_pain",
    "wound.healed", "wound.area",
    "condition.calciphylaxis", "condition.cellulitis", "condition.diabetes", "condition.cirrhosis",
    "condition.venous_ulcer", "condition.kidney_transplant", "condition.sepsis",
    "dialysis.haemodialysis", "dialysis.peritoneal", "dialysate.calcium",
    "drug.warfarin", "drug.sevelamer", "drug.oxycodone", "drug.antibacterial_systemic",
    "lab.phosphate", "lab.pth_intact", "lab.protein_c", "lab.lupus_anticoagulant",
    "lab.blood_culture", "body.weight", "body.pain_nrs", "body.bwat_cua",
    "procedure.skin_biopsy", "histology.media_calcification", "imaging.bone_scan_uptake",
    "procedure.amputation", "care.mood_assessed",
)  # fmt: skip
DOMAINS = sorted({concept.partition(".")[0] for concept in CONCEPTS})
LEFT = ("thigh", "left")
LESIONS = {"a": LEFT, "b": ("thigh", "right"), "c": ("penis", None), "d": LEFT}
NUMBERED = frozenset({"lab", "body", "dialysate", "wound"})

days = st.integers(0, DAYS)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """One fact of any kind, as inexact and as late known as facts can be."""
    concept = draw(st.sampled_from(CONCEPTS))
    start = BEGIN + draw(days) * DAY + DAY // 2
    vague = draw(st.sampled_from([0, 0, 0, DAY, 20 * DAY]))
    length = draw(st.sampled_from([0, 3, None]))
    more: dict[str, object] = {}
    if concept.partition(".")[0] in NUMBERED:
        number = float(draw(st.integers(1, 30)))
        limits = [(number, number), (number, None), (None, number), (number, number + 1)]
        more["low"], more["high"] = draw(st.sampled_from(limits))
        more["interpretation"] = draw(st.sampled_from([None, "positive", "negative"]))
    if concept.startswith(("sign.", "wound.", "body.bwat", "histology.")):
        lesion = draw(st.sampled_from([None, *LESIONS]))
        nameless = draw(st.sampled_from([LEFT, (None, None)]))
        site, side = LESIONS[lesion] if lesion else nameless
        more |= {"lesion_id": lesion, "body_site": site, "side": side}
    end = None if length is None else start + vague + length * DAY
    return Fact(
        fact_id=draw(st.integers(1, 2**40)),
        person_id="anemone",
        concept=concept,
        start_from=start,
        start_at=start + vague,
        end_from=end if length else (None if length is None else start + vague),
        end_at=end,
        known_at=start + vague + draw(st.sampled_from([0, 0, 2 * DAY, 15 * DAY])),
        present=draw(st.sampled_from(["yes", "yes", "yes", "no", "unknown"])),
        status=draw(st.sampled_from([None, None, None, "provisional", "draft"])),
        **more,  # type: ignore[arg-type]
    )


spans = st.builds(
    lambda domain, first, last, history: Observed(
        person_id="anemone",
        domain=domain,
        from_at=BEGIN + first * DAY,
        to_at=BEGIN + (first + last) * DAY,
        with_history=history,
    ),
    st.sampled_from(DOMAINS), st.integers(-5, 5), st.integers(1, 60), st.booleans(),
)  # fmt: skip

records = st.builds(
    lambda some, observed: record(
        *{one.fact_id: one for one in some}.values(), observed=observed, sex="female"
    ),
    st.lists(facts(), max_size=25), st.lists(spans, max_size=6),
)  # fmt: skip


@st.composite
def reports(draw: st.DrawFn) -> NewEntry:
    """Something that somebody may write into the form, at some time."""
    form = draw(st.sampled_from(FORM.forms))
    field = draw(st.sampled_from(form.fields))
    words = [choice.id for choice in choices_of(field)]
    texts = [*words, "unknown", "", "2021-12", "2022-01-20", "7", "20.5"]
    text = draw(st.sampled_from([text for text in texts if is_valid(field, text)]))
    instance = draw(st.integers(1, 4)) if form.repeats else 1
    is_removed = form.repeats and draw(st.booleans()) and draw(st.booleans())
    return NewEntry(
        entry_id=f"e{draw(st.integers(0, 2**40))}",
        person_id="anemone",
        kind="case_report",
        entered_at=BEGIN + draw(days) * DAY + DAY // 3,
        entered_by="N. Nurse",
        body=CaseReport(form.id, instance, ((field.id, text),), is_removed),
    )


written = st.lists(reports(), max_size=6).map(kept)
moments = days.map(lambda day: BEGIN + day * DAY)


def form_at(person: PatientRecord, entries: list[Entry], as_of: Instant) -> CaseForm:
    return filled(person, entries, as_of, vocabulary=VOCABULARY, time_zone=ZONE)


def plain(form: CaseForm) -> list[object]:
    """Everything a form says, to be compared."""
    return [
        (one.id, n, field, msgspec.structs.astuple(value))
        for one in FORM.forms
        for n in form.instances(one.id)
        for field, value in sorted(form.values(one.id, n).items())
    ]


@given(records, written, moments)
@often
def test_everything_the_record_says_rests_on_something_known_by_then(
    person: PatientRecord, entries: list[Entry], as_of: Instant
) -> None:
    known = {f"fact:{one.fact_id}" for one in person.facts if one.known_at <= as_of}
    known |= {f"observed:{span.domain}:{span.from_at}" for span in person.observed}
    form = form_at(person, entries, as_of)
    for one in FORM.forms:
        for n in form.instances(one.id):
            for value in form.values(one.id, n).values():
                if value.origin != "entered":
                    assert value.sources
                if value.record_says is not None:
                    rests_on = [ref for ref in value.sources if not ref.startswith("person:")]
                    assert set(rests_on) <= known


@given(records, written, moments)
@often
def test_every_value_is_an_answer_to_its_field(
    person: PatientRecord, entries: list[Entry], as_of: Instant
) -> None:
    form = form_at(person, entries, as_of)
    for one in FORM.forms:
        for n in form.instances(one.id):
            for id, value in form.values(one.id, n).items():
                field = one.field(id)
                assert field is not None
                assert value.text
                assert is_valid(field, value.text), (one.id, id, value.text)


@given(records, written, moments)
@often
def test_nothing_known_or_entered_later_changes_the_form(
    person: PatientRecord, entries: list[Entry], as_of: Instant
) -> None:
    facts_then = tuple(one for one in person.facts if one.known_at <= as_of)
    then = msgspec.structs.replace(person, facts=facts_then)
    entries_then = [one for one in entries if one.entered_at <= as_of]
    assert plain(form_at(person, entries, as_of)) == plain(form_at(then, entries_then, as_of))


@given(records, written, moments, st.randoms(use_true_random=False))
@often
def test_the_order_of_facts_and_entries_changes_nothing(
    person: PatientRecord, entries: list[Entry], as_of: Instant, chance: random.Random
) -> None:
    facts_, entries_ = list(person.facts), list(entries)
    chance.shuffle(facts_)
    chance.shuffle(entries_)
    shuffled = msgspec.structs.replace(person, facts=tuple(facts_))
    assert plain(form_at(shuffled, entries_, as_of)) == plain(form_at(person, entries, as_of))


@given(records, moments, moments)
@often
def test_a_lesion_keeps_its_number_whatever_becomes_known(
    person: PatientRecord, one: Instant, other: Instant
) -> None:
    # A cause that is named later may end that a bare ulcer counts, and a clear look that is told
    # later may part one lesion into two: the ways in which the past itself is told anew.
    anew = {"condition.venous_ulcer", "sign.lesion"}
    kept_facts = tuple(fact for fact in person.facts if fact.concept not in anew)
    person = msgspec.structs.replace(person, facts=kept_facts)
    before, after = (form_at(person, [], at) for at in sorted((one, other)))
    for n in before.instances("lesion"):
        assert n in after.instances("lesion")
        key = before.value("lesion", "record_key", n)
        assert key is not None
        if key.text in LESIONS:
            assert after.text("lesion", "record_key", n) == key.text


@given(written, moments)
@often
def test_what_was_entered_is_there_word_for_word(entries: list[Entry], as_of: Instant) -> None:
    nobody = PatientRecord(person=Person(person_id="anemone"))
    form = form_at(nobody, entries, as_of)
    last: dict[tuple[str, int, str], str] = {}
    for entry in sorted(entries, key=lambda one: (one.entered_at, one.sequence)):
        body = entry.body
        assert isinstance(body, CaseReport)
        if entry.entered_at > as_of:
            continue
        if body.is_removed:
            last = {k: v for k, v in last.items() if k[:2] != (body.form, body.instance)}
        else:
            last |= {(body.form, body.instance, field): text for field, text in body.values}
    for (form_id, n, field), text in last.items():
        assert form.text(form_id, field, n) == text or (not text and field == "site_class")
