"""What was entered, as facts: what is said and what is left unsaid."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livedo.act.page import load_page
from livedo.assess.answer import Judgement
from livedo.assess.engine_python import PythonEngine
from livedo.decisions.entries import Area, Decision, Entry, NewEntry
from livedo.decisions.facts import SOURCE, with_entries
from livedo.instants import DAY, Instant
from livedo.knowledge.load import load_knowledge
from livedo.knowledge.skin_round import load_skin_round, mistakes
from livedo.knowledge.thresholds import load_thresholds
from livedo.record.tables import FACT_ORDER, Fact, PatientRecord, Person
from tests.decisions.entered import (
    NOON,
    PLAQUE,
    clear_round,
    entered,
    examined,
    kept,
    plaque,
    undoing,
)

KNOWLEDGE = load_knowledge()
VOCABULARY = KNOWLEDGE.vocabulary
ENGINE = PythonEngine(KNOWLEDGE)
ROUND = load_skin_round()
HOUR = DAY // 24
TONIGHT = NOON + 11 * HOUR
NOBODY = PatientRecord(person=Person(person_id="anemone"))


def told(*entries: NewEntry, record: PatientRecord = NOBODY, time_zone: str = "UTC") -> list[Fact]:
    """The facts of the record with these entries."""
    return list(with_entries(record, kept(*entries), VOCABULARY, time_zone=time_zone).facts)


def said(*entries: NewEntry) -> dict[tuple[str, str | None, str | None], str]:
    """What was said of each concept at each place."""
    return {(fact.concept, fact.body_site, fact.side): fact.present for fact in told(*entries)}


def judged(
    *entries: NewEntry, record: PatientRecord = NOBODY, at: Instant = TONIGHT, zone: str = "UTC"
) -> Judgement:
    """The answers of the real rules."""
    patient = with_entries(record, kept(*entries), VOCABULARY, time_zone=zone)
    return ENGINE.judge(patient, at)


def status(judgement: Judgement, rule: str) -> str:
    return str(judgement.answers[rule].status)


def on_dialysis() -> PatientRecord:
    """Somebody on haemodialysis for five years, with nothing else known."""
    fact = Fact(
        fact_id=1,
        person_id="anemone",
        concept="dialysis.haemodialysis",
        start_from=NOON - 1800 * DAY,
        start_at=NOON - 1800 * DAY,
        known_at=NOON - 1800 * DAY,
    )
    return PatientRecord(person=Person(person_id="anemone", sex="female"), facts=(fact,))


# -- the file of the round ---------------------------------------------------------------


def test_the_round_names_only_what_the_vocabulary_holds() -> None:
    assert mistakes(ROUND, VOCABULARY) == []


def test_a_name_that_does_not_exist_is_found_out() -> None:
    no_sign = msgspec.structs.replace(ROUND, lesion="sign.horn")
    no_site = msgspec.structs.replace(ROUND, order=(*ROUND.order[1:], "wing"))
    assert mistakes(no_sign, VOCABULARY) == ["no concept sign.horn"]
    assert mistakes(no_site, VOCABULARY) == ["no body site wing", "order: abdomen", "order: wing"]


def test_the_round_and_the_palpation_plan_speak_of_the_same() -> None:
    page = load_page()
    assert ROUND.palpation.done == page.palpation.done
    assert ROUND.palpation.body_site_class == page.palpation.body_site_class
    assert ROUND.extent.seen.concept == page.skin.seen_extent
    assert ROUND.extent.felt.concept == page.skin.felt_extent


def test_severe_pain_begins_where_the_literature_says() -> None:
    (scale,) = ROUND.pain.scales
    threshold = load_thresholds()[scale.threshold_from]
    assert threshold.value is not None
    assert scale.words["severe"] == threshold.value.si
    assert scale.concept == threshold.concept
    words = [scale.word(number) for number in range(11)]
    assert words == ["none", *["mild"] * 4, *["moderate"] * 2, *["severe"] * 4]


def test_words_that_rules_read_are_those_that_sources_use() -> None:
    known = set(VOCABULARY.vignette_words["pain"])
    assert set(ROUND.pain.scales[0].words) <= known


# -- a clear place -----------------------------------------------------------------------


def test_a_clear_place_denies_a_lesion_there_and_nowhere_else() -> None:
    facts = said(examined("e", Area("thigh", "left", "clear")))
    assert facts == {("sign.lesion", "thigh", "left"): "no"}


def test_a_clear_place_speaks_for_whatever_lesion_is_there() -> None:
    (fact,) = told(examined("e", Area("thigh", "left", "clear", lesion_id="a")))
    assert fact.lesion_id is None


@pytest.mark.parametrize("result", ["declined", "could_not"])
def test_what_was_not_examined_is_not_a_no_and_hides_nothing(result: str) -> None:
    area = Area("thigh", "left", result)  # type: ignore[arg-type]
    assert told(examined("e", area)) == []


def test_an_ulcer_under_a_dressing_does_not_hide_an_ulcer_elsewhere() -> None:
    ulcer = examined("e1", plaque(ulcer="yes"))
    dressed = examined("e2", Area("lower_leg", "right", "finding", ulcer="unknown"), at=NOON + HOUR)
    for rule in ("suspicion/ulcer_or_eschar", "state/ulcerated"):
        first = status(judged(ulcer, record=on_dialysis()), rule)
        assert first == status(judged(ulcer, dressed, record=on_dialysis()), rule) == "yes"


# -- a finding ---------------------------------------------------------------------------


def test_a_finding_says_what_was_tapped_and_denies_only_what_was_asked() -> None:
    facts = {k[0]: v for k, v in said(examined("e", PLAQUE)).items()}
    assert facts == {
        "sign.plaque": "yes",
        "sign.induration": "yes",
        "sign.nodule_beyond_visible": "yes",
        "sign.ulcer": "no",
        "sign.lesion_visible_extent": "yes",
        "sign.lesion_palpable_extent": "yes",
        "sign.lesion_pain": "yes",
        "body.pain_nrs": "yes",
    }


def test_every_fact_of_a_finding_stands_at_its_place_and_lesion() -> None:
    facts = told(examined("e", plaque(lesion_id="a", wound="dry")))
    placed = [f for f in facts if not (f.concept == "body.pain_nrs" and f.body_site is None)]
    assert {(f.body_site, f.side, f.lesion_id) for f in placed} == {("thigh", "left", "a")}
    assert {(f.source, f.source_id, f.known_at, f.start_at) for f in facts} == {
        (SOURCE, "e", NOON, NOON)
    }
    assert len({f.fact_id for f in facts}) == len(facts)


def test_the_larger_dimension_counts_and_both_are_shown() -> None:
    facts = {f.concept: f for f in told(examined("e", plaque(seen_cm=(4, 6.5))))}
    seen = facts["sign.lesion_visible_extent"]
    assert (seen.low, seen.high, seen.original) == (6.5, 6.5, "4 × 6.5 cm")


@pytest.mark.parametrize(
    ("seen", "felt", "is_wider"),
    [((6, 4), (7, 4), True), ((6, 4), (6, 6), False), (None, (6, 4), False), ((6, 4), None, False)],
)
def test_felt_further_than_seen_needs_both_measurements(
    seen: tuple[float, float] | None, felt: tuple[float, float] | None, is_wider: bool
) -> None:
    concepts = {f.concept for f in told(examined("e", plaque(seen_cm=seen, felt_cm=felt)))}
    assert ("sign.nodule_beyond_visible" in concepts) is is_wider


def test_a_finding_without_a_word_is_a_lesion() -> None:
    assert said(examined("e", Area("thigh", "left", "finding"))) == {
        ("sign.lesion", "thigh", "left"): "yes"
    }


def test_no_wound_area_is_made_of_what_was_seen() -> None:
    facts = told(examined("e", plaque(ulcer="yes", wound="clean")))
    assert "wound.area" not in {f.concept for f in facts}


# -- pain --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "word", "present"),
    [(0, None, "no"), (1, "mild", "yes"), (4, "mild", "yes"), (5, "moderate", "yes"),
     (6, "moderate", "yes"), (7, "severe", "yes"), (10, "severe", "yes")],
)  # fmt: skip
def test_pain_has_its_number_its_scale_and_its_word(
    number: int, word: str | None, present: str
) -> None:
    facts = told(examined("e", plaque(pain=number)))
    (pain,) = [f for f in facts if f.concept == "sign.lesion_pain"]
    assert (pain.present, pain.interpretation) == (present, word)
    assert pain.original == f"{number} (NRS 0-10)"
    assert {f.low for f in facts if f.concept == "body.pain_nrs"} == {float(number)}


def test_a_milder_place_later_the_same_day_does_not_make_severe_pain_look_gone() -> None:
    thigh = examined("e1", PLAQUE)
    leg = examined("e2", plaque(body_site="lower_leg", pain=2), at=NOON + HOUR)
    assert status(judged(thigh, leg), "monitoring/severe_pain") == "yes"
    tomorrow = examined("e3", plaque(pain=2), at=NOON + DAY)
    later = judged(thigh, leg, tomorrow, at=TONIGHT + DAY)
    assert status(later, "monitoring/severe_pain") == "no"


def test_two_places_of_one_examination_are_as_painful_as_the_worse() -> None:
    both = examined("e", plaque(pain=8), plaque(body_site="abdomen", pain=1))
    assert status(judged(both), "monitoring/severe_pain") == "yes"


# -- wounds ------------------------------------------------------------------------------

WOUNDS = {
    "dry": {"plan/dry_eschar_now": "yes", "plan/infected_now": "unknown"},
    "clean": {"plan/infected_now": "unknown", "plan/moist_now": "unknown"},
    "infected": {"plan/infected_now": "yes", "plan/moist_now": "yes"},
    "unknown": {"plan/infected_now": "unknown", "plan/dry_eschar_now": "unknown"},
}


@pytest.mark.parametrize("word", WOUNDS)
def test_a_wound_word_says_what_it_means_and_no_more(word: str) -> None:
    assert set(WOUNDS) == set(ROUND.wound.words)
    answers = judged(examined("e", plaque(ulcer="yes", wound=word)))
    assert {rule: status(answers, rule) for rule in WOUNDS[word]} == WOUNDS[word]


def test_a_wound_that_was_infected_and_is_found_clean_has_settled() -> None:
    wound = plaque(ulcer="yes", wound="infected", lesion_id="a")
    infected = examined("e1", wound)
    assert status(judged(infected), "safety/wound_settled") == "no"
    clean = plaque(ulcer="yes", wound="clean", lesion_id="a")
    settled = judged(infected, examined("e2", clean, at=NOON + DAY), at=TONIGHT + DAY)
    assert status(settled, "safety/wound_settled") == "yes"


def test_not_sure_keeps_an_infected_wound_infected() -> None:
    infected = examined("e1", plaque(ulcer="yes", wound="infected"))
    unsure = examined("e2", plaque(ulcer="yes", wound="unknown"), at=NOON + DAY)
    answers = judged(infected, unsure, at=TONIGHT + DAY)
    assert status(answers, "plan/infected_now") == "yes"


# -- the palpation round -----------------------------------------------------------------


def palpations(*entries: NewEntry, time_zone: str = "UTC") -> list[Fact]:
    facts = told(*entries, time_zone=time_zone)
    return [f for f in facts if f.concept == ROUND.palpation.done]


def test_a_whole_clear_round_is_a_palpation() -> None:
    (fact,) = palpations(clear_round("e"))
    assert (fact.present, fact.body_site, fact.known_at) == ("yes", None, NOON)


@pytest.mark.parametrize("place", ROUND.places(), ids=str)
@pytest.mark.parametrize("result", ["declined", "could_not", None])
def test_one_place_left_out_makes_it_no_palpation(
    place: tuple[str, str | None], result: str | None
) -> None:
    areas = [Area(*one, "clear") for one in ROUND.places() if one != place]
    if result is not None:
        areas.append(Area(*place, result))  # type: ignore[arg-type]
    assert palpations(examined("e", *areas)) == []


def test_a_round_can_be_done_in_parts_on_one_local_day() -> None:
    places = ROUND.places()
    parts = [
        examined(f"e{n}", Area(*place, "clear"), at=NOON + n * HOUR // 4)
        for n, place in enumerate(places[:-1])
    ]
    last = examined("last", plaque(body_site=places[-1][0], side=places[-1][1]), at=TONIGHT)
    assert palpations(*parts) == []
    (fact,) = palpations(*parts, last)
    assert fact.known_at == TONIGHT
    # The same evening is the next day further east.
    assert palpations(*parts, last, time_zone="Asia/Tokyo") == []


def test_both_sides_are_two_places() -> None:
    areas = [Area(site, "both", "clear") for site in ROUND.order]
    assert len(palpations(examined("e", *areas))) == 1


def test_a_day_has_one_palpation() -> None:
    assert len(palpations(clear_round("e1"), clear_round("e2", at=NOON + HOUR))) == 1
    assert len(palpations(clear_round("e1"), clear_round("e2", at=NOON + DAY))) == 2


def test_an_undone_examination_gives_nothing_at_any_moment() -> None:
    assert told(clear_round("e1"), undoing("u1", "e1", at=NOON + DAY)) == []
    places = [Area(*place, "clear") for place in ROUND.places()]
    half, rest = examined("a", *places[:9]), examined("b", *places[9:])
    assert len(palpations(half, rest)) == 1
    assert palpations(half, rest, undoing("u", "a")) == []


# -- what counts at once, by the real rules ----------------------------------------------


def test_a_clear_round_ends_palpation_overdue() -> None:
    rule = "worklist/palpation_overdue"
    assert status(judged(record=on_dialysis()), rule) == "yes"
    assert status(judged(clear_round("e"), record=on_dialysis()), rule) == "no"
    undone = (clear_round("e"), undoing("u", "e"))
    assert status(judged(*undone, record=on_dialysis()), rule) == "yes"
    after = judged(clear_round("e"), record=on_dialysis(), at=NOON + 29 * DAY)
    assert status(after, rule) == "yes"


def test_a_painful_hard_plaque_raises_possible_early_disease() -> None:
    rule = "worklist/possible_early_disease"
    assert status(judged(clear_round("e"), record=on_dialysis()), rule) != "yes"
    found = judged(clear_round("e"), examined("f", PLAQUE), record=on_dialysis())
    assert status(found, rule) == "yes"
    evidence = found.answers["suspicion/painful_induration"].evidence
    assert len(evidence) == 2


def test_a_decision_counts_as_a_fact() -> None:
    decision = entered("d", Decision("decision.alternatives_excluded"))
    (fact,) = told(decision)
    assert (fact.concept, fact.present) == ("decision.alternatives_excluded", "yes")


def test_what_others_entered_is_not_about_this_person() -> None:
    assert told(examined("e", PLAQUE, person="bellis")) == []


# -- laws --------------------------------------------------------------------------------

_place = st.sampled_from([*ROUND.places(), ("sacrum", None), ("penis", None)])
_finding = st.builds(
    lambda place, **told: Area(*place, "finding", **told),
    _place,
    signs=st.lists(st.sampled_from([s.concept for s in ROUND.signs]), unique=True, max_size=3).map(
        tuple
    ),
    seen_cm=st.sampled_from([None, (6.0, 4.0), (3.0, 3.0)]),
    felt_cm=st.sampled_from([None, (11.0, 8.0), (2.0, 1.0)]),
    pain=st.sampled_from([None, 0, 3, 5, 9]),
    ulcer=st.sampled_from([None, "yes", "no", "unknown"]),
    wound=st.sampled_from([None, "dry", "clean", "infected", "unknown"]),
    lesion_id=st.sampled_from([None, "a", "b"]),
)
_other = st.builds(
    lambda place, result: Area(*place, result),
    _place,
    st.sampled_from(["clear", "declined", "could_not"]),
)
_whole = st.just(tuple(Area(*place, "clear") for place in ROUND.places()))
_areas = st.one_of(_whole, st.lists(st.one_of(_finding, _other), min_size=1, max_size=4).map(tuple))


@st.composite
def _entries(draw: st.DrawFn) -> list[Entry]:
    found: list[NewEntry] = []
    for n, areas in enumerate(draw(st.lists(_areas, max_size=5))):
        at = NOON - 20 * DAY + draw(st.integers(0, 80)) * DAY // 2
        found.append(examined(f"e{n}", *areas, at=at))
    if found and draw(st.booleans()):
        found.append(undoing("u", draw(st.sampled_from(found)).entry_id))
    return kept(*found)


_record = st.sampled_from([NOBODY, on_dialysis()])


def as_known(entries: Sequence[Entry], at: Instant) -> list[Entry]:
    return [entry for entry in entries if entry.entered_at <= at or entry.undoes is not None]


@settings(max_examples=60)
@given(_entries(), _record)
def test_what_is_entered_never_changes_or_hides_a_fact_of_the_record(
    entries: list[Entry], record: PatientRecord
) -> None:
    facts = with_entries(record, entries, VOCABULARY).facts
    assert [f for f in facts if f.source != SOURCE] == list(record.facts)
    order = [tuple(getattr(fact, column) for column in FACT_ORDER) for fact in facts]
    assert order == sorted(set(order))


@settings(max_examples=40)
@given(_entries(), _record, st.integers(0, 80))
def test_what_is_entered_later_changes_no_earlier_answer(
    entries: list[Entry], record: PatientRecord, half_days: int
) -> None:
    at = NOON - 20 * DAY + half_days * DAY // 2
    everything = with_entries(record, entries, VOCABULARY)
    known = with_entries(record, as_known(entries, at), VOCABULARY)
    assert ENGINE.judge(everything, at) == ENGINE.judge(known, at)


@settings(max_examples=40)
@given(_entries(), _record, _place, st.sampled_from(["declined", "could_not"]))
def test_what_could_not_be_examined_changes_no_answer(
    entries: list[Entry], record: PatientRecord, place: tuple[str, str | None], result: str
) -> None:
    area = Area(*place, result)  # type: ignore[arg-type]
    (more,) = kept(examined("not examined", area, at=TONIGHT))
    before = with_entries(record, entries, VOCABULARY)
    after = with_entries(record, [*entries, more], VOCABULARY)
    assert ENGINE.judge(after, TONIGHT) == ENGINE.judge(before, TONIGHT)
