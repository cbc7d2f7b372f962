"""An invented explanation with every deeper part filled, for tests of how the page looks."""

from __future__ import annotations

import msgspec

from livedo.act import parts
from livedo.act.result import Explanation
from tests.surfaces.birkesoe import EXPLANATION


def evidence(text: str) -> parts.EvidenceLine:
    return parts.EvidenceLine(
        rule="r/x", grade="strong", grade_text="strong", text=text, sources=("DX-01",)
    )


def diagnosis(name: str, rank: int, **more: object) -> parts.DiagnosisLine:
    return parts.DiagnosisLine(diagnosis=f"d{rank}", rank=rank, name=name, marks="+ - ?", **more)  # type: ignore[arg-type]


def option(id: str, title: str, offer: parts.Offer, **more: object) -> parts.PlanLine:
    return parts.PlanLine(
        id=id, part="drug", part_text="Drugs", act="review", concept="x", title=title,
        grade="cohort", grade_text="cohort", offer=offer, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def node(id: str, lit: parts.Lit, *lines: str, **more: object) -> parts.MechanismNode:
    return parts.MechanismNode(id=id, title=id.capitalize(), lit=lit, lines=lines, **more)  # type: ignore[arg-type]


def whole(mark: str = "") -> Explanation:
    """Everything filled; `mark` stands in a text of every new part."""
    workup = parts.Workup(
        summary=f"1 of 3 done {mark}",
        lines=(
            parts.WorkupLine(id="ca", panel="risk", panel_text="Risk", text=f"Calcium {mark}",
                             status="done", result="2.61 mmol/L", on="18 Nov", age_days=2),
            parts.WorkupLine(id="pth", panel="risk", text="PTH", status="stale", on="12 Aug",
                             age_days=100),
            parts.WorkupLine(id="anca", panel="exclusion", panel_text="Exclusion", text="ANCA",
                             status="missing"),
        ),
        alarms=(parts.Alarm(id="a", text=f"Wound without a name for 90 d {mark}", rule="a/b"),),
        biopsy=parts.BiopsyDecision(
            benefit=(parts.Weighed(id="b", text=f"separates panniculitis {mark}"),),
            harm=(parts.Weighed(id="h", text="14 % complications", is_here=False),),
            if_done=("deep, with fat",), disagreement=f"Two views {mark}.", claims=("DX-01",),
        ),
    )  # fmt: skip
    differential = parts.Differential(
        lines=(
            diagnosis(f"Calciphylaxis {mark}", 1, for_=(evidence(f"livedo {mark}"),),
                      unknown=(evidence("histology"),)),
            diagnosis("Necrotising fasciitis", 2, is_urgent=True, urgency="today"),
            diagnosis("Scurvy", 3, is_shown=False),
        ),
        note=f"By evidence {mark}", never_against=("normal minerals",),
    )  # fmt: skip
    plan = parts.Plan(
        lines=(option("vka", f"Review warfarin {mark}", "check_first",
                      reasons=(f"since 2022 {mark}",), cautions=("stroke",),
                      check_first=(f"mechanical valve {mark}",)),),
        not_offered=(option("ptx", "Parathyroidectomy", "withheld",
                            why_not=f"PTH too old {mark}"),),
        safety=(
            parts.SafetyLine(
                id="s", rule="r", status="unknown", text=f"valve {mark}", options=("o",)
            ),
            parts.SafetyLine(id="t", rule="r", status="no", text="pregnancy"),
        ),
        is_checked=True,
        calcium_load=parts.CalciumLoad(
            sources=(parts.CalciumSource(concept="c", kind="oral", text=f"Carbonate {mark}",
                                         amount="dose unknown", is_known=False),),
        ),
        monitoring=(parts.Monitored(id="m", text=f"Pain {mark}", was="7", now="5"),),
        referral=parts.Referral(title="Referral", specialties=("dermatology",),
                                paragraphs=((f"Question {mark}", (f"Is it? {mark}",)),)),
        wound_state=f"no wound {mark}",
    )  # fmt: skip
    mechanism = parts.Mechanism(
        chain=(node("load", "seen", f"Ca 2.61 {mark}"), node("media", "unknown"),
               node("ulcer", "not_seen")),
        drivers=(node("warfarin", "seen", is_danger=True),),
        links=(
            parts.MechanismLink(from_="load", to="media", lit="unknown"),
            parts.MechanismLink(from_="media", to="ulcer", lit="not_seen"),
            parts.MechanismLink(from_="warfarin", to="media", lit="seen"),
        ),
        options=(("load", "media", f"Lower it {mark}"),),
        note=f"The chain is an assumption {mark}.",
    )  # fmt: skip
    histology = parts.HistologyReading(
        verdict="compatible", text=f"Fat seen {mark}.",
        items=(parts.HistologyItem(id="i", text=f"Thrombus {mark}", status="unknown",
                                   meaning="?"),),
    )  # fmt: skip
    return msgspec.structs.replace(
        EXPLANATION, workup=workup, differential=differential, plan=plan, mechanism=mechanism,
        histology=histology,
    )  # fmt: skip
