"""A small yearly report written by hand, for pages and tables: nothing in it was computed."""

from __future__ import annotations

import math

from livedo.knowledge.schema import Text
from livedo.registry.small_numbers import HIDDEN, Count, Policy
from livedo.registry.yearly_parts import (
    AtDay,
    Breakdown,
    Cause,
    Cell,
    Column,
    Curve,
    CurveFamily,
    CurvePoint,
    Delay,
    Estimate,
    Made,
    Named,
    Published,
    Register,
    Row,
    SexRatio,
    Step,
    Trend,
    YearlyReport,
)

COLUMNS = (
    Column(definition="ours", level="confirmed"),
    Column(definition="ours", level="probable"),
    Column(definition="ours", level="suspected"),
    Column(definition="tiered", level="confirmed"),
    Column(definition="tiered", level="clinical"),
    Column(definition="tiered", level="suspected"),
    Column(definition="japanese", level="met"),
    Column(definition="billing_codes", level="met"),
    Column(definition="register", level="entered"),
)
SIZE = (0.5, 0.8, 1.6, 0.3, 0.7, 1.4, 0.25, 0.12, 0.9)
YEARS = ("2021", "2022", "2023", "2024", "2025")


def estimate(cases: int, under: float) -> Estimate:
    """About what an interval would be; only the look matters."""
    spread = 1.96 * math.sqrt(cases + 1) / under
    value = cases / under
    return Estimate(value=value, low=max(0.0, value - spread), high=value + spread)


def cell(cases: int, under: int, *, is_rate: bool) -> Cell:
    """A cell as it may leave."""
    if 0 < cases < 8:
        return Cell(cases=HIDDEN, person_years=under if is_rate else None)
    shown = round(cases / 5) * 5
    return Cell(
        cases=shown,
        person_years=under if is_rate else None,
        estimate=estimate(shown, under) if under else None,
    )


def rows(groups: tuple[tuple[str, int], ...], share: float, *, is_rate: bool) -> tuple[Row, ...]:
    """A row for each group of so many people."""
    return tuple(
        Row(
            group=group,
            people=people,
            cells=tuple(
                cell(int(people * share * size * (1 + 0.05 * n)), people, is_rate=is_rate)
                for size in SIZE
            ),
        )
        for n, (group, people) in enumerate(groups)
    )


def breakdown(measure: str, by: str, groups: tuple[tuple[str, int], ...]) -> Breakdown:
    """One measure by one thing."""
    is_rate = measure == "incidence"
    share = 0.004 if is_rate else 0.01
    return Breakdown(
        measure=measure,  # type: ignore[arg-type]
        by=by,
        period="2021-2025",
        columns=COLUMNS,
        rows=rows(groups, share, is_rate=is_rate),
    )


GROUPS: dict[str, tuple[tuple[str, int], ...]] = {
    "year": tuple((year, 8000 + 250 * n) for n, year in enumerate(YEARS)),
    "overall": (("all", 19500),),
    "centre": tuple((f"Center {name}", 900 + 420 * n) for n, name in enumerate("ABCDEF")),
    "sex": (("female", 8200), ("male", 11300), ("unknown", 0)),
    "modality": (("haemodialysis", 16200), ("peritoneal", 3300), ("unknown", 40)),
}


def curve(group: str, cause: Cause, pace: float, people: Count, *, ends: float = 1.0) -> Curve:
    """A curve that leaves nothing out but its reason."""
    if people is HIDDEN:
        return Curve(group=group, cause=cause, people=HIDDEN, events=HIDDEN)
    assert isinstance(people, int)
    days = range(30, 1096, 30)
    points = []
    for day in days:
        gone = ends * (1 - math.exp(-day / pace))
        share = 1 - gone if cause == "all" else gone
        low, high = max(0.0, share - 0.06), min(1.0, share + 0.06)
        points.append(CurvePoint(day=day, share=share, low=low, high=high))
    at = []
    for day in (0, 91, 183, 365, 730, 1096, 1826):
        dead = ends * (1 - math.exp(-day / pace))
        at.append(
            AtDay(
                day=day,
                at_risk=round(people * math.exp(-day / pace) * 0.9 / 5) * 5,
                share=Estimate(value=dead, low=max(0.0, dead - 0.05), high=dead + 0.05),
            )
        )
    return Curve(
        group=group,
        cause=cause,
        people=people,
        events=round(people * dead / 5) * 5,
        points=tuple(points),
        at=tuple(at),
        median=pace * 0.69 if cause == "all" else None,
    )


def sample() -> YearlyReport:
    """The whole of it."""
    figures = [
        ("R-242", "epi.prevalence", 2009, "242, 2009", 10, 242),
        ("EPI-06", "EPI-06", 2022, "24 centres, Jiangsu, China", 48, 3867),
    ]
    published = [
        Published(
            id=id,
            claim=claim,
            measure="prevalence",
            year=year,
            population=Text(en=who, da=who),
            definition=Text(en="skin of every patient examined", da="hud undersøgt hos alle"),
            cases=cases,
            people=people,
            is_computed=True,
            value=estimate(cases, people).value,
            low=estimate(cases, people).low,
            high=estimate(cases, people).high,
        )
        for id, claim, year, who, cases, people in figures
    ]
    plain = Text(en="chronic haemodialysis, US", da="kronisk hæmodialyse, USA")
    how = Text(en="diagnosis code and biopsy code", da="diagnosekode og biopsikode")
    published += [
        Published(
            id="R-range",
            claim="epi.prevalence",
            measure="prevalence",
            year=2009,
            population=plain,
            definition=how,
            low=0.01,
            high=0.04,
            is_range=True,
        ),
        Published(
            id="EPI-07",
            claim="EPI-07",
            measure="prevalence",
            year=2022,
            population=plain,
            definition=how,
            value=0.019,
        ),
        Published(
            id="EPI-01",
            claim="EPI-01",
            measure="incidence",
            year=2014,
            population=plain,
            definition=how,
            low=3.7e-4,
            high=5.7e-4,
            is_range=True,
        ),
        Published(
            id="EPI-02",
            claim="EPI-02",
            measure="incidence",
            year=2023,
            population=plain,
            definition=how,
            value=34.9e-4,
        ),
        Published(
            id="EPI-05",
            claim="EPI-05",
            measure="incidence",
            year=2013,
            population=plain,
            definition=how,
            high=1e-4,
        ),
        Published(
            id="R-5",
            claim="risk.female",
            measure="sex_ratio",
            year=2009,
            population=plain,
            definition=how,
            value=5.0,
        ),
        Published(
            id="EPI-06s",
            claim="EPI-06",
            measure="sex_ratio",
            year=2022,
            population=plain,
            definition=how,
            cases=15,
            people=48,
            value=15 / 33,
        ),
        Published(
            id="R-m",
            claim="epi.mortality",
            measure="mortality",
            year=2009,
            population=plain,
            definition=how,
            low=0.6,
            high=0.8,
            is_range=True,
            cause="all",
        ),
        Published(
            id="OUT-01",
            claim="OUT-01",
            measure="mortality",
            year=2025,
            population=plain,
            definition=how,
            value=0.45,
            cause="all",
            horizon_days=365,
        ),
    ]
    return YearlyReport(
        years=(2021, 2025),
        is_invented=True,
        items=(482_130, 479_020, 3_110),
        reasons=(("duplicate", 2100), ("unknown_code", 1010)),
        steps=(
            Step(id="record", left=20_000),
            Step(id="watched", left=19_800, lost=(Named(id="never", count=200),)),
            Step(id="on_dialysis", left=19_500, lost=(Named(id="never", count=300),)),
        ),
        main=COLUMNS[1],
        breakdowns=(
            breakdown(
                "point_prevalence", "year", tuple((f"{y}-12-31", n) for y, n in GROUPS["year"])
            ),
            *(
                breakdown(measure, by, groups)
                for measure in ("incidence", "period_prevalence")
                for by, groups in GROUPS.items()
            ),
        ),
        published=tuple(published),
        sex_ratios=tuple(
            SexRatio(
                column=column, female=60, male=40, ratio=Estimate(value=1.5, low=1.0, high=2.2)
            )
            for column in (COLUMNS[0], COLUMNS[1], COLUMNS[2])
        ),
        not_worked_up=tuple(
            Named(id=year, count=c) for year, c in zip(YEARS, (HIDDEN, 10, 15, 10, 20), strict=True)
        ),
        outside_dialysis=(Named(id="ours.probable", count=15),),
        trends=tuple(
            Trend(
                column=c, times_a_year=Estimate(value=1.04, low=0.97, high=1.12) if n % 2 else None
            )
            for n, c in enumerate(COLUMNS)
        ),
        families=(
            CurveFamily(
                by="everybody", measure="survival", curves=(curve("everybody", "all", 500, 150),)
            ),
            CurveFamily(
                by="everybody",
                measure="incidence",
                curves=(
                    curve("everybody", "disease", 250, 150, ends=0.32),
                    curve("everybody", "other", 500, 150, ends=0.25),
                ),
            ),
            CurveFamily(
                by="site",
                measure="survival",
                curves=(
                    curve("proximal", "all", 350, 80),
                    curve("distal", "all", 900, 60),
                    curve("penile", "all", 100, HIDDEN),
                ),
            ),
            CurveFamily(
                by="site",
                measure="incidence",
                curves=(
                    curve("proximal", "disease", 350, 80, ends=0.5),
                    curve("distal", "disease", 900, 60, ends=0.2),
                    curve("penile", "disease", 100, HIDDEN),
                ),
            ),
            CurveFamily(
                by="ulcerated",
                measure="survival",
                curves=(
                    curve("yes", "all", 300, 90),
                    curve("no", "all", 1100, 50),
                    curve("unknown", "all", 1100, HIDDEN),
                ),
            ),
            CurveFamily(
                by="ulcerated",
                measure="incidence",
                curves=(
                    curve("yes", "disease", 300, 90, ends=0.5),
                    curve("no", "disease", 1100, 50, ends=0.2),
                    curve("unknown", "disease", 1100, HIDDEN),
                ),
            ),
            CurveFamily(
                by="everybody",
                measure="closure",
                curves=(
                    curve("all", "closed", 300, 150, ends=0.2),
                    curve("all", "died", 300, 150, ends=0.5),
                ),
            ),
        ),
        delays=(
            Delay(
                id="sign_to_diagnosis",
                people=120,
                not_known=30,
                missed=0,
                median=41,
                lower=20,
                upper=83,
            ),
            Delay(
                id="alert_to_ulcer",
                people=60,
                not_known=90,
                missed=10,
                median=23,
                lower=8,
                upper=51,
            ),
            Delay(id="contact_to_diagnosis", people=HIDDEN, not_known=30, missed=0),
        ),
        first_wrong=(
            Named(id="cellulitis", count=45),
            Named(id="pressure_ulcer", count=15),
            Named(id="vasculitis", count=HIDDEN),
        ),
        register=Register(
            cases=165,
            entered=140,
            fields=(
                Named(id="case.tier", count=140, of=140),
                Named(id="case.first_symptom_on", count=110, of=140),
            ),
            follow_up=(Named(id="m3", count=90, of=120),),
            readers=(Named(id="read", count=60), Named(id="agreed", count=50)),
            kappa=Estimate(value=0.71),
        ),
        made=Made(
            livedo="0.4.0",
            knowledge="2026.11 0a1b2c3d",
            form=1,
            libraries=(("lifelines", "0.30.0"), ("numpy", "2.4.0")),
            manifest="ab" * 32,
            entries=420,
            store="cd" * 32,
            as_of=1_767_225_599_999_999,
            time_zone="Europe/Copenhagen",
            standard="european_2013",
            policy=Policy(),
            definitions=(
                (
                    "ours",
                    (
                        ("confirmed", "certainty/confirmed"),
                        ("probable", "certainty/probable"),
                        ("suspected", "suspicion/suspected"),
                    ),
                ),
                ("billing_codes", (("met", "certainty/billing_codes"),)),
            ),
        ),
    )
