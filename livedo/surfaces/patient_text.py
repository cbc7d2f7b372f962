"""One patient on a terminal: danger first, next steps, then why, why not, cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livedo.act.result import DrugLine, Explanation, ExplanationLine, FactLine, LabLine
from livedo.surfaces import signs
from livedo.surfaces.deeper_text import findings_parts
from livedo.surfaces.plan_text import plan_parts
from livedo.surfaces.source_names import MARGIN, Detail, beside_sources, disputed, sheet_of
from livedo.surfaces.terminal import KEPT, Line, Role, Terminal, columns, pad, spread, wrap
from livedo.surfaces.words import Words
from livedo.surfaces.worklist_text import is_today, own_numbers

REASONS_SHOWN = 12
"""Lines of why, why not and cannot tell, the weightiest first; `--long` shows all."""


def patient_lines(
    explanation: Explanation, words: Words, terminal: Terminal, detail: Detail, invented: bool
) -> Iterator[Line]:
    """Everything about one person, part by part, with an empty line between parts."""
    parts: list[Iterable[Line]] = [
        head(explanation, words, terminal, invented),
        danger(explanation, words, terminal, detail),
    ]
    parts.append(next_steps(explanation, words, terminal))
    if detail != "short":
        sheet = sheet_of(explanation, words, terminal, detail)
        parts += [
            reasons(explanation, words, terminal, detail),
            labs(explanation, words, terminal),
            drugs(explanation, words, terminal),
            skin(explanation, words, terminal),
            palpation(explanation, words, terminal),
            *findings_parts(explanation, sheet),
            *plan_parts(explanation, sheet),
        ]
    if detail == "long":
        parts.append(sources(explanation, words, terminal))
    parts.append(own_numbers(explanation.overrides, words, terminal))
    parts.append(closing(explanation, words, terminal))
    for part in parts:
        lines = list(part)
        if lines:
            yield from lines
            yield []


def head(
    explanation: Explanation, words: Words, terminal: Terminal, invented: bool
) -> Iterator[Line]:
    """Who, which state, as of when."""
    result = explanation.result
    first: Line = [(result.person_id, "strong"), (f"  {explanation.headline}", "")]
    if invented:
        first.append((f"  {words.text('common.invented')}.", "quiet"))
    yield from wrap(first, terminal.width)
    role = signs.STATE_ROLES.get(result.state, "")
    shape = signs.STATE_SIGNS.get(result.state, " ")
    state: Line = [(f"{shape} {result.state_text}", role)]
    if says_more(result.certainty_text, explanation.sentence):
        state.append((f"  {result.certainty_text}.", "quiet"))
    state.append((f" {explanation.sentence}", ""))
    yield from wrap(state, terminal.width)
    yield from wrap([(data_line(explanation, words), "quiet")], terminal.width)


def says_more(certainty: str, sentence: str) -> bool:
    """Whether the word for certainty is not what the sentence begins with."""
    return bool(certainty) and not sentence.casefold().startswith(certainty.casefold())


def data_line(explanation: Explanation, words: Words) -> str:
    """As of when, how fresh, how many facts."""
    data = explanation.data
    parts = [words.text("patient.as_of", on=data.as_of_text)]
    if data.newest_on:
        parts.append(words.text("patient.newest", on=data.newest_on))
    if data.oldest_needed:
        parts.append(words.text("patient.oldest", what=data.oldest_needed))
    parts.append(words.count("patient.facts", data.facts))
    if data.known_later:
        parts.append(words.count("patient.later", data.known_later))
    return " ".join(parts)


def danger(
    explanation: Explanation, words: Words, terminal: Terminal, detail: Detail
) -> Iterator[Line]:
    """What is dangerous in today's prescriptions and findings, before anything else."""
    if not explanation.danger:
        return
    yield [(words.text("patient.danger"), "danger")]
    in_dispute = disputed(explanation)
    for line in explanation.danger:
        text: Line = [("  ■ ", "danger"), (line.text, "")]
        yield from beside_sources(text, line.claims, in_dispute, terminal)
        if detail == "long":
            yield from teaching(line, terminal)


def teaching(line: ExplanationLine, terminal: Terminal) -> Iterator[Line]:
    """What the finding means, for whoever meets it for the first time."""
    if line.teaches:
        text: Line = [(" " * (MARGIN + 2), ""), (line.teaches, "")]
        yield from wrap(text, terminal.width, MARGIN + 2)


def next_steps(explanation: Explanation, words: Words, terminal: Terminal) -> Iterator[Line]:
    """What people may decide to do, with when and who."""
    steps = explanation.result.next
    if not steps:
        return
    yield [
        (words.text("patient.next"), "strong"),
        (f"  {words.text('patient.next_note')}", "quiet"),
    ]
    when = max(columns(step.when) for step in steps) + 1
    number_width = len(str(len(steps))) + 1
    who = max(columns(step.who) for step in steps)
    indent = 2 + number_width + when
    for number, step in enumerate(steps, start=1):
        role: Role = "danger" if is_today(step.when, words) else ""
        text: Line = [(f"  {number:<{number_width}}", "quiet"), (pad(step.when, when), role)]
        first, *rest = wrap([*text, (step.text, "")], terminal.width - who - 2, indent)
        yield from spread(first, [(step.who, "quiet")], terminal.width)
        yield from rest


def reasons(
    explanation: Explanation, words: Words, terminal: Terminal, detail: Detail
) -> Iterator[Line]:
    """Why, why not and cannot tell, each as wide as the others."""
    parts: list[tuple[str, Role, Role, tuple[ExplanationLine, ...]]] = [
        ("why", "strong", "", explanation.why),
        ("why_not", "strong", "quiet", explanation.why_not),
        ("cannot_tell", "unknown", "unknown", explanation.cannot_tell),
    ]
    in_dispute = disputed(explanation)
    for key, heading, role, lines in parts:
        yield [(words.text(f"patient.{key}"), heading)]
        if not lines:
            yield [("  ", ""), (words.text(f"patient.{key}_none"), "quiet")]
        shown = lines if detail == "long" else lines[:REASONS_SHOWN]
        for line in shown:
            sign = {"+": "+", "-": "−", "?": "?"}[line.sign]
            text: Line = [(f"  {sign} ", role), (line.text, role if role == "unknown" else "")]
            yield from beside_sources(text, line.claims, in_dispute, terminal)
            yield from own_number(line, terminal)
            if detail == "long":
                yield from deciding(line, words, terminal)
        if len(shown) < len(lines):
            more = words.count("patient.more_lines", len(lines) - len(shown))
            yield [("    ", ""), (more, "quiet")]
        if key == "why_not" and explanation.why_not_note:
            note: Line = [("    ", ""), (explanation.why_not_note, "quiet")]
            yield from wrap(note, terminal.width, MARGIN)


def own_number(line: ExplanationLine, terminal: Terminal) -> Iterator[Line]:
    """What the centre changed in the rule that speaks."""
    if line.override:
        text: Line = [(" " * MARGIN, ""), (f"≠ {line.override}", "quiet")]
        yield from wrap(text, terminal.width, MARGIN + 2)


def deciding(line: ExplanationLine, words: Words, terminal: Terminal) -> Iterator[Line]:
    """The second level: the rule in words, the facts that decided, and who reviewed."""
    margin = " " * (MARGIN + 2)
    yield from teaching(line, terminal)
    said = line.reading.casefold()
    unsaid = [text for text in (line.note, line.review) if text and text.casefold() not in said]
    for text in (*line.reading.splitlines(), *unsaid):
        indent = MARGIN + (4 if text.startswith("- ") else 2)
        yield from wrap([(margin + text, "quiet")], terminal.width, indent)
    for fact in line.facts:
        yield from fact_lines(fact, terminal, MARGIN + 2)
    if line.facts_more:
        more = words.count("patient.more_facts", line.facts_more)
        yield [(margin + more, "quiet")]


def fact_lines(fact: FactLine, terminal: Terminal, indent: int) -> Iterator[Line]:
    """One fact with its source record."""
    source = " ".join(part for part in (fact.source, fact.source_id) if part)
    line: Line = [(" " * indent, ""), (fact.text, ""), (f"  {source}", "quiet")]
    return iter(wrap(line, terminal.width, indent + 2))


def labs(explanation: Explanation, words: Words, terminal: Terminal) -> Iterator[Line]:
    """Twelve months of each analyte, the latest value in both units, target and age."""
    lines = [lab for lab in explanation.labs if lab.latest_si or lab.flag == "unknown"]
    if not lines:
        return
    flipped = explanation.units == "conventional"
    rows = [lab_cells(lab, words, flipped) for lab in lines]
    heads = lab_heads(words, flipped)
    widths = [max(columns(row[n]) for row in [heads, *rows]) + 2 for n in range(len(heads))]
    yield [
        (pad(heads[0], widths[0]), "strong"),
        (
            "".join(pad(text, width) for text, width in zip(heads[1:], widths[1:], strict=True)),
            "quiet",
        ),
    ]
    for lab, row in zip(lines, rows, strict=True):
        yield from wrap(lab_row(lab, row, widths), terminal.width, MARGIN)


def lab_heads(words: Words, flipped: bool) -> list[str]:
    """Headings of the laboratory table."""
    units = ["labs.conventional", "labs.si"] if flipped else ["labs.si", "labs.conventional"]
    keys = ["labs.title", "labs.months", *units, "labs.target", "labs.age"]
    return [words.text(key) for key in keys]


def lab_cells(lab: LabLine, words: Words, flipped: bool) -> list[str]:
    """The cells of one analyte, without the flag."""
    values = [lab.latest_si, lab.latest_conventional]
    target = lab.target_conventional if flipped else lab.target
    age = "" if lab.age_days is None else words.text("labs.days", n=words.whole(lab.age_days))
    age = age.replace(" ", KEPT)
    bars = signs.spark(lab.months, is_too_old=lab.is_too_old)
    return [
        f"  {lab.name or lab.label}",
        bars,
        *(reversed(values) if flipped else values),
        target,
        age,
    ]


def lab_row(lab: LabLine, row: list[str], widths: list[int]) -> Line:
    """One analyte: the flag is a shape and a word, the colour comes third."""
    outside = lab.flag in {"above", "below"}
    role: Role = "risk" if outside else "unknown" if lab.flag == "unknown" else ""
    cells = [pad(text, width) for text, width in zip(row, widths, strict=True)]
    line: Line = [(cells[0], ""), (cells[1], role), ("".join(cells[2:5]), ""), (cells[5], "quiet")]
    if lab.flag_text:
        line.append((f"{signs.OUTSIDE_TARGET if outside else '?'} {lab.flag_text}", role))
    return line


def drugs(explanation: Explanation, words: Words, terminal: Terminal) -> Iterator[Line]:
    """Drugs that are a danger or a risk first, each with its span."""
    if not explanation.drugs:
        return
    yield [(words.text("drugs.title"), "strong"), (f"  {words.text('drugs.note')}", "quiet")]
    label = max(columns(drug.label) for drug in explanation.drugs) + 2
    dates = max(columns(span(drug, words)) for drug in explanation.drugs) + 2
    for drug in explanation.drugs:
        yield from wrap(drug_line(drug, label, dates, words), terminal.width, MARGIN + label)


def drug_line(drug: DrugLine, label: int, dates: int, words: Words) -> Line:
    """One drug: shape by weight, dose, route, span."""
    weights: dict[str, tuple[str, Role]] = {
        "danger": ("■", "danger"), "risk": (signs.OUTSIDE_TARGET, "risk"), "neutral": (" ", "")
    }  # fmt: skip
    shape, role = weights[drug.weight]
    details = ", ".join(part for part in (drug.dose, drug.route, drug.body_site) if part)
    line: Line = [(f"  {shape} ", role), (pad(drug.label, label), role)]
    line.append((pad(span(drug, words), dates), ""))
    if drug.weight != "neutral":
        line.append((f"{words.text(f'drugs.{drug.weight}')}  ", role))
    line.append((details, "quiet"))
    if drug.matched_by == "text":
        line.append((f"  {words.text('common.by_text')}", "quiet"))
    if drug.note:
        line.append((f"  {drug.note}", "quiet"))
    return line


def span(drug: DrugLine, words: Words) -> str:
    """From when to when; ongoing and unknown are said."""
    if drug.is_active == "unknown":
        return words.text("drugs.since_unknown", start=drug.from_on)
    if drug.is_active == "yes":
        return words.text("drugs.since", start=drug.from_on)
    return words.text("drugs.between", start=drug.from_on, end=drug.to_on)


def skin(explanation: Explanation, words: Words, terminal: Terminal) -> Iterator[Line]:
    """Each lesion: what is seen, what is felt, how painful."""
    if not explanation.skin:
        return
    yield [(words.text("skin.title"), "strong")]
    for lesion in explanation.skin:
        parts = [
            f"{words.text(f'skin.{key}')} {value}"
            for key, value in (("seen", lesion.seen), ("felt", lesion.felt), ("pain", lesion.pain))
            if value
        ]
        line: Line = [(f"  {lesion.label} ", "early"), (lesion.site_text, "strong")]
        if lesion.is_proximal:
            line.append((f" {words.text('skin.proximal')}", "quiet"))
        line.append((f"  {'; '.join(parts)}", ""))
        dates = (
            lesion.first_on
            if lesion.first_on == lesion.last_on
            else (f"{lesion.first_on} – {lesion.last_on}")
        )
        line.append((f"  {dates}", "quiet"))
        if lesion.is_protected:
            line.append((f"  {words.text('skin.protected')}", "danger"))
        yield from wrap(line, terminal.width, MARGIN)


def palpation(explanation: Explanation, words: Words, terminal: Terminal) -> Iterator[Line]:
    """When the skin is due, which places to palpate and which to protect."""
    plan = explanation.palpation
    if plan is None:
        return
    over: Role = "palpation" if plan.due.status in {"overdue", "never"} else "quiet"
    title: Line = [(words.text("palpation.title"), "strong"), (f"  {plan.due.text}", over)]
    if plan.due.due_on:
        title.append((f"  {words.text('palpation.due', on=plan.due.due_on)}", "quiet"))
    yield title
    if plan.text:
        yield from wrap([(f"  {plan.text}", "")], terminal.width, 2)
    unknown = [site.text for site in plan.sites if site.status == "unknown"]
    known = [site.text for site in plan.sites if site.status != "unknown"]
    listed: list[tuple[str, list[str], Role]] = [
        ("palpation.known", known, ""),
        ("palpation.unknown", unknown, "unknown"),
        ("palpation.protect", [site.text for site in plan.protected], "danger"),
    ]
    for key, texts, role in listed:
        if texts:
            line: Line = [(f"  {words.text(key)} ", role), (", ".join(texts), "")]
            yield from wrap(line, terminal.width, MARGIN)


def sources(explanation: Explanation, words: Words, terminal: Terminal) -> Iterator[Line]:
    """The third level: the statements of literature, with grade; where they disagree, both."""
    if not explanation.claims:
        return
    yield [(words.text("sources.title"), "strong")]
    for claim in explanation.claims:
        details = ", ".join(p for p in (claim.source, claim.strength, claim.relation_text) if p)
        line: Line = [(f"  {claim.id} ", "strong"), (claim.says, ""), (f"  {details}", "quiet")]
        yield from wrap(line, terminal.width, MARGIN)
        if claim.disagrees:
            disagree: Line = [(f"    ‖ {words.text('sources.disagree')} ", "risk")]
            disagree.append((claim.decides, ""))
            yield from wrap(disagree, terminal.width, MARGIN + 2)


def closing(explanation: Explanation, words: Words, terminal: Terminal) -> Iterator[Line]:
    """What this is not, and where to read on."""
    texts = [explanation.review, explanation.closing]
    claims = [claim.id for claim in explanation.claims]
    if claims:
        texts.append(words.text("patient.sources", claim=claims[0]))
    yield from wrap([(" ".join(text for text in texts if text), "quiet")], terminal.width)
