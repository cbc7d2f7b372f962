"""An invented screening and explanation, worded by hand, for tests of how they look.

Nothing here is computed: the surfaces decide nothing, so that their tests need no engine.
"""

from __future__ import annotations

from livedo.act.result import (
    CertaintyLine,
    Change,
    ClaimLine,
    DataAge,
    DrugLine,
    Explanation,
    ExplanationLine,
    FactLine,
    GroupSummary,
    LabLine,
    LabPoint,
    LesionLine,
    NextLine,
    PalpationDue,
    PalpationPlan,
    PalpationRound,
    PatientResult,
    ReasonLine,
    RecordSummary,
    Replay,
    ReplayLine,
    Screening,
    SiteLine,
    UnknownLine,
)

DAY = 86_400_000_000
AS_OF = 20_777 * DAY + 6 * 3_600_000_000
"""2026-11-20 06:00 UTC."""


def rounds(marks: str) -> tuple[PalpationRound, ...]:
    names = {"c": "clear", "f": "felt", "-": "not_done", "?": "unknown"}
    return tuple(
        PalpationRound(mark=names[m], on="" if m == "-" else "18 Nov", text=names[m])  # type: ignore[arg-type]
        for m in marks
    )


def palpated(days: int, marks: str, over: int = 0) -> PalpationDue:
    return PalpationDue(
        status="overdue" if over else "done",
        last_on="12 Nov",
        days_since=days,
        days_over=over,
        due_on="11 Dec",
        interval_days=28,
        text=f"over {over} d" if over else f"{days} d ago",
        rounds=rounds(marks),
    )


def reason(rule: str, text: str, *because: str) -> ReasonLine:
    return ReasonLine(rule=rule, status="yes", text=text, because=because, grade="major")


HAVTORN = PatientResult(
    person_id="B-031",
    state="disseminated",
    state_text="Disseminated or septic",
    state_rank=0,
    certainty="confirmed",
    certainty_text="confirmed",
    group="danger_now",
    precedence=1,
    sex="female",
    sex_text="woman",
    age=71,
    title="B-031, woman, 71",
    why="Thigh ulcer moist and foul 18 Nov; 38.6 °C; CRP 214 mg/L",
    unknown_text="blood culture 19 Nov pending",
    direction="worse",
    direction_text="worse",
    is_in_danger=True,
    reasons=(
        reason("danger/sepsis", "Thigh ulcer moist and foul 18 Nov", "sign.ulcer", "OUT-01"),
        reason("danger/fever", "38.6 °C 19 Nov"),
        reason("danger/crp", "CRP 214 mg/L 19 Nov"),
    ),
    unknown=(
        UnknownLine(
            concept="lab.blood_culture", why="pending", text="blood culture 19 Nov pending"
        ),
    ),
    next=(
        NextLine(
            id="sepsis", text="Assess for sepsis now", who="nephrologist on call", when="today"
        ),
    ),
    changed=(
        Change(
            what="state",
            direction="worse",
            was="ulcerated",
            now="disseminated",
            text="CRP 62 → 214",
        ),
    ),
    palpation=palpated(7, "ffffff"),
)

KORNBLOMST = PatientResult(
    person_id="B-007",
    state="lesion",
    state_text="Non-ulcerated lesion",
    state_rank=2,
    certainty="suspected",
    certainty_text="suspected",
    group="possible_early_disease",
    precedence=2,
    sex="female",
    sex_text="woman",
    age=66,
    title="B-007, woman, 66",
    why="Plaque 6 cm seen, 11 cm felt; livedo; warfarin",
    unknown_text="PTH 12 Aug; ANCA, cryoglobulin",
    direction="worse",
    direction_text="worse",
    is_in_danger=True,
    reasons=(
        reason("suspicion/plaque", "Painful hard plaque, left thigh, 18 Nov", "sign.plaque-nodule"),
        reason("suspicion/livedo", "Livedo, right calf, new 18 Nov", "sign.livedo"),
        reason("risk/warfarin", "Warfarin since Mar 2022", "risk.warfarin", "RF-01"),
    ),
    unknown=(
        UnknownLine(concept="lab.pth_intact", why="too_old", text="PTH 12 Aug"),
        UnknownLine(concept="lab.anca", why="never_measured", text="ANCA never measured"),
    ),
    next=(
        NextLine(
            id="warfarin",
            text="Review the indication for warfarin",
            who="nephrologist",
            when="today",
        ),
        NextLine(
            id="protect", text="No injections in left thigh", who="dialysis nurse", when="today"
        ),
        NextLine(id="skin", text="Skin review", who="dermatologist", when="within 48 h"),
    ),
    changed=(
        Change(
            what="reason", direction="worse", was="4 cm", now="6 cm", text="4 → 6 cm in 12 days"
        ),
    ),
    palpation=palpated(2, "ccc?cf"),
)

PERIKON = PatientResult(
    person_id="B-019",
    state="at_risk",
    state_text="At risk",
    state_rank=5,
    group="unsafe_prescription",
    precedence=3,
    sex="male",
    sex_text="man",
    age=74,
    title="B-019, man, 74",
    why="Warfarin, calcium acetate, alfacalcidol; calcium 2.68",
    unknown_text="valve, antiphospholipid",
    direction="new",
    direction_text="new",
    reasons=(reason("danger/warfarin", "Warfarin for atrial fibrillation", "RF-01"),),
    next=(NextLine(id="warfarin", text="Review warfarin", who="nephrologist", when="this week"),),
    changed=(
        Change(what="reason", direction="new", was=None, now="x", text="alfacalcidol doubled"),
    ),
    palpation=palpated(15, "cccccc"),
)

TIMIAN = PatientResult(
    person_id="B-081",
    state="in_programme",
    state_text="In the programme",
    state_rank=6,
    certainty="cannot_tell",
    certainty_text="cannot tell",
    group="workup_missing",
    precedence=4,
    sex="male",
    sex_text="man",
    age=55,
    title="B-081, man, 55",
    why="Cannot tell: no minerals in 210 days",
    unknown_text="Ca, P, PTH, albumin",
    direction="same",
    direction_text="same",
    next=(
        NextLine(id="panel", text="Draw the risk panel", who="transplant clinic", when="24 Nov"),
    ),
    palpation=palpated(33, "c-c-", over=5),
)

MERIAN = PatientResult(
    person_id="B-026",
    state="at_risk",
    state_text="At risk",
    state_rank=5,
    group="palpation_overdue",
    precedence=5,
    sex="male",
    sex_text="man",
    age=70,
    title="B-026, man, 70",
    why="Phosphate 2.21 mmol/L; dialysis 11 years",
    direction="same",
    direction_text="same",
    reasons=(
        reason("risk/high_phosphate", "Phosphate 2.21 mmol/L 18 Nov", "risk.hyperphosphataemia"),
    ),
    next=(NextLine(id="palpate", text="Palpate today", who="unit nurse", when="today"),),
    palpation=palpated(40, "ccccc-", over=12),
)

QUIET = PatientResult(
    person_id="B-100",
    state="in_programme",
    state_text="In the programme",
    state_rank=6,
    group="nothing_due",
    precedence=6,
    sex_text="woman",
    age=50,
    palpation=palpated(3, "cccccc"),
)

OTHER_WOUND = PatientResult(
    person_id="B-101",
    state="other_wound",
    state_text="Other wound",
    state_rank=4,
    group="other_wound",
    precedence=7,
    why="Venous ulcer, left lower leg",
    sex_text="man",
    age=81,
)

DIED = PatientResult(
    person_id="B-102",
    state="outside",
    state_text="Outside the programme",
    state_rank=7,
    outside_reason="died",
    group="outside",
    precedence=8,
)

EVERYBODY = (HAVTORN, KORNBLOMST, PERIKON, TIMIAN, MERIAN, QUIET, OTHER_WOUND, DIED)

GROUPS = (
    GroupSummary(
        id="danger_now", number=1, title="Danger now", note="same day", count=1, is_due=True
    ),
    GroupSummary(
        id="possible_early_disease",
        number=2,
        title="Possible early disease",
        note="before ulcers is when action counts",
        count=1,
        is_due=True,
    ),
    GroupSummary(
        id="unsafe_prescription",
        number=3,
        title="Unsafe prescription",
        note="each is a review by a prescriber",
        count=1,
        is_due=True,
    ),
    GroupSummary(
        id="workup_missing",
        number=4,
        title="Work-up missing",
        note="not settled",
        count=1,
        is_due=True,
    ),
    GroupSummary(
        id="palpation_overdue",
        number=5,
        title="Palpation overdue",
        note="more than 28 days, or never",
        count=1,
        is_due=True,
    ),
    GroupSummary(
        id="nothing_due",
        number=6,
        title="Nothing due",
        note="not suspected from the data seen",
        count=1,
        is_due=False,
    ),
    GroupSummary(
        id="other_wound",
        number=7,
        title="Other wounds",
        note="another named cause",
        count=1,
        is_due=False,
    ),
    GroupSummary(
        id="outside",
        number=8,
        title="Outside the programme",
        note="died, moved, never",
        count=1,
        is_due=False,
    ),
)

SCREENING = Screening(
    as_of=AS_OF,
    as_of_text="20 Nov 2026 06:00",
    knowledge="2026.11",
    run="r-2026-11-20",
    lang="en",
    record=RecordSummary(
        name="Birkesø Dialysis",
        people=8,
        newest_known_at=AS_OF - DAY,
        newest_text="19 Nov",
        items_in=48213,
        items_used=47902,
        items_set_aside=311,
        is_invented=True,
    ),
    groups=GROUPS,
    state_counts={"disseminated": 1, "lesion": 1},
    patients=EVERYBODY,
    compared_with="r-2026-10-23",
)


def points(*values: float, high: float | None = None) -> tuple[LabPoint, ...]:
    first = AS_OF - 30 * DAY * (len(values) - 1) - 2 * DAY
    return tuple(
        LabPoint(
            at=first + n * 30 * DAY,
            on="18 Nov",
            value=value,
            value_conventional=value * 4.008,
            is_outside=high is not None and value > high,
        )
        for n, value in enumerate(values)
    )


CALCIUM_VALUES = (2.31, 2.34, 2.38, 2.36, 2.42, 2.47, 2.51, 2.49, 2.56, 2.58, 2.62, 2.61)

CALCIUM = LabLine(
    concept="lab.calcium_total",
    label="calcium",
    unit="mmol/L",
    unit_conventional="mg/dL",
    points=points(*CALCIUM_VALUES, high=2.50),
    months=CALCIUM_VALUES,
    latest_si="2.61 mmol/L",
    latest_conventional="10.5 mg/dL",
    latest_on="18 Nov",
    age_days=2,
    target="2.10–2.50",
    target_conventional="8.4–10.0",
    target_low=2.10,
    target_high=2.50,
    flag="above",
    flag_text="above",
)

PTH = LabLine(
    concept="lab.pth_intact",
    label="PTH",
    unit="pmol/L",
    unit_conventional="pg/mL",
    points=tuple(p for p in points(38, 52, 61, 74, 0, 0, 0, high=62) if p.value),
    months=(38, None, None, 52, None, None, 61, None, 74, None, None, None),
    latest_si="74 pmol/L",
    latest_conventional="698 pg/mL",
    latest_on="12 Aug",
    age_days=100,
    is_too_old=True,
    target="14–62",
    target_conventional="132–585",
    target_low=14,
    target_high=62,
    flag="unknown",
    flag_text="too old",
)

ANCA = LabLine(
    concept="lab.anca", label="ANCA", unit="", flag="unknown", flag_text="never measured"
)

PLAQUE = FactLine(
    ref="fact:1",
    concept="sign.plaque",
    label="plaque",
    on="18 Nov",
    text="plaque, left thigh, 6 cm, 18 Nov",
    source="unit/Observation.ndjson",
    source_id="Observation/p1",
)

EXPLANATION = Explanation(
    result=KORNBLOMST,
    lang="en",
    units="si",
    knowledge="2026.11",
    headline="woman, 66; haemodialysis since Feb 2019; diabetes, atrial fibrillation",
    sentence="First felt 6 Nov. No ulcer seen 18 Nov.",
    danger=(
        ExplanationLine(
            sign="+",
            rule="danger/warfarin",
            text="Warfarin, active since Mar 2022",
            claims=("RF-01", "risk.warfarin"),
        ),
    ),
    why=(
        ExplanationLine(
            sign="+",
            rule="suspicion/plaque",
            text="Painful hard plaque, left thigh, 6 × 4 cm seen, 18 Nov",
            asks="Is there a painful hard plaque?",
            reading="Yes when a plaque and pain were seen at the same lesion within 60 days.",
            facts=(PLAQUE,),
            facts_more=2,
            claims=("sign.plaque-nodule",),
            grade="major",
            review="not yet reviewed by a clinician",
        ),
    ),
    why_not=(
        ExplanationLine(
            sign="-", rule="state/ulcerated", text="No ulcer, bulla or eschar, examined 18 Nov"
        ),
    ),
    cannot_tell=(
        ExplanationLine(
            sign="?",
            rule="risk/pth",
            text="PTH is 100 days old: high in August, now not known",
            concepts=("lab.pth_intact",),
            claims=("RF-08",),
        ),
    ),
    facts=(PLAQUE,),
    claims=(
        ClaimLine(
            id="RF-01",
            says="Warfarin is associated with the disease",
            source="Case-control, Japan 2012",
            strength="case-control",
            year=2012,
            relation="contradicts",
            relation_text="contradicts the 2009 review",
            about=("risk.warfarin",),
            disagrees=True,
            decides="The later evidence decides: warfarin is never proposed here.",
        ),
        ClaimLine(
            id="sign.plaque-nodule",
            says="Hard plaques and nodules",
            source="Review, 2009",
            strength="review",
        ),
    ),
    certainty=(
        CertaintyLine(definition="Livedo", answer="suspected", text="suspected"),
        CertaintyLine(
            definition="Japanese criteria", answer="no", text="not met, they require ulcers"
        ),
    ),
    labs=(CALCIUM, PTH, ANCA),
    drugs=(
        DrugLine(
            concept="drug.warfarin",
            label="Warfarin",
            original="Marevan 2.5 mg",
            from_on="Mar 2022",
            to_on="",
            from_at=AS_OF - 1700 * DAY,
            to_at=None,
            is_active="yes",
            weight="danger",
            dose="2.5 mg a day",
            rules=("danger/warfarin",),
        ),
        DrugLine(
            concept="drug.calcium_carbonate",
            label="Calcium carbonate",
            original="",
            from_on="12 Jan",
            to_on="",
            from_at=AS_OF - 300 * DAY,
            to_at=None,
            is_active="yes",
            weight="risk",
            dose="3.75 g a day",
        ),
        DrugLine(
            concept="drug.sevelamer",
            label="Sevelamer",
            original="",
            from_on="Dec 2025",
            to_on="20 Apr",
            from_at=AS_OF - 400 * DAY,
            to_at=AS_OF - 214 * DAY,
            is_active="no",
        ),
    ),
    skin=(
        LesionLine(
            lesion_id="A",
            label="A",
            body_site="thigh",
            side="left",
            site_text="left thigh",
            seen="plaque 6 × 4 cm",
            felt="11 × 8 cm, hard",
            pain="7 of 10",
            first_on="6 Nov",
            last_on="18 Nov",
            is_proximal=True,
            is_protected=True,
        ),
    ),
    palpation=PalpationPlan(
        due=palpated(2, "ccc?cf"),
        sites=(
            SiteLine(body_site="abdomen", side="", text="abdomen", status="clear", on="18 Nov"),
            SiteLine(
                body_site="sacrum", side="", text="sacrum", status="unknown", reason="not examined"
            ),
        ),
        protected=(
            SiteLine(body_site="thigh", side="left", text="left thigh", status="felt", on="18 Nov"),
        ),
        text="Palpate the predilection sites.",
        claims=("SCR-01",),
    ),
    data=DataAge(
        as_of_text="20 Nov 2026 06:00",
        newest_on="18 Nov",
        newest_days=2,
        oldest_needed="PTH 12 Aug (100 d)",
        observed=("drugs since Feb 2019",),
        facts=1405,
        notes=3,
        known_later=7,
    ),
    review="Not yet reviewed by a clinician.",
    closing="No probability of disease is given.",
)

REPLAY = Replay(
    person_id="B-007",
    title="B-007, woman, 66",
    lang="en",
    knowledge="2026.11",
    lines=(
        ReplayLine(
            at=AS_OF - 100 * DAY,
            on="2026-08-12",
            state="at_risk",
            state_text="At risk",
            is_state_new=True,
            signs=("=",),
            texts=("PTH 74 pmol/L above target",),
        ),
        ReplayLine(
            at=AS_OF - 92 * DAY,
            on="2026-08-20",
            state="at_risk",
            state_text="At risk",
            signs=("!",),
            texts=("alfacalcidol doubled with calcium 2.56",),
            claims=("risk.vitamin-d",),
        ),
        ReplayLine(
            at=AS_OF - 14 * DAY,
            on="2026-11-06",
            state="lesion",
            state_text="Non-ulcerated lesion",
            certainty_text="suspected",
            is_state_new=True,
            signs=("+", "?"),
            texts=("plaque 4 cm seen, 8 cm felt", "extent unknown"),
        ),
        ReplayLine(
            at=AS_OF - 10 * DAY,
            on="2026-11-10",
            state="lesion",
            state_text="Non-ulcerated lesion",
            signs=("?",),
            texts=("PTH 90 days old today",),
            by_time_alone=True,
        ),
    ),
    first_suspicion_on="2026-11-06",
    summary=("First suspicion 2026-11-06.",),
    folded=2,
)
