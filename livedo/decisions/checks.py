"""Whether something entered can be kept: what the struct of its kind cannot say.

Messages name the field, never its value.
"""

from __future__ import annotations

from typing import get_args

from livedo.decisions.entries import (
    ABOUT_ONE_PERSON,
    Adjudication,
    Area,
    CaseReport,
    CauseOfDeath,
    Decision,
    Dismissed,
    Examination,
    Feedback,
    NewEntry,
    Override,
    Snoozed,
    Undone,
    Verdict,
    kind_of,
)
from livedo.errors import EntryInvalid
from livedo.instants import DAY, Instant, start_from_iso
from livedo.knowledge.register import (
    INSTANCES_AT_MOST,
    UNKNOWN,
    Form,
    load_case_report_form,
    outside_limits,
    why_not,
)
from livedo.knowledge.skin_round import SkinRound, load_skin_round
from livedo.knowledge.vocabulary import Vocabulary, load_vocabulary

ID_AT_MOST = 200
"""Characters of an id or a name."""

RULES_AT_MOST = 1000
"""More than there are: an entry names the rules that spoke for one person."""

FARTHEST = 2**62
"""Instants beyond this fit no column."""


def check(entry: NewEntry) -> None:
    """Raises EntryInvalid on an entry that says something impossible."""
    _require(_is_name(entry.entry_id), "entry_id")
    _require(_is_name(entry.entered_by), "entered_by")
    _require(entry.person_id is None or _is_name(entry.person_id), "person_id")
    _require(abs(entry.entered_at) < FARTHEST, "entered_at")
    _require(kind_of(entry.body) == entry.kind, "kind")
    _require(entry.kind not in ABOUT_ONE_PERSON or entry.person_id is not None, "person_id")
    _require((entry.undoes is not None) is isinstance(entry.body, Undone), "undoes")
    _check_texts(entry, load_skin_round().text_at_most)
    rules = getattr(entry.body, "rules", ())
    _require(len(rules) <= RULES_AT_MOST and all(map(_is_name, rules)), "rules")
    if isinstance(entry.body, Examination):
        _require(bool(entry.body.areas), "areas")
        for area in entry.body.areas:
            _check_area(area, load_skin_round(), load_vocabulary())
    elif isinstance(entry.body, Snoozed):
        longest = load_skin_round().snooze_days_at_most * DAY
        _require(0 < entry.body.until - entry.entered_at <= longest, "until")
    elif isinstance(entry.body, Decision):
        concept = entry.body.concept
        _require(concept.startswith("decision."), "concept")
        _require(concept in load_vocabulary().concepts, "concept")
    elif isinstance(entry.body, CaseReport):
        _check_case_report(entry.body, entry.entered_at)
    elif isinstance(entry.body, Adjudication):
        _check_adjudication(entry.body)


def _is_name(text: str) -> bool:
    """Whether a text can be an id or a name: some letters, no control characters."""
    return 0 < len(text) <= ID_AT_MOST and bool(text.strip()) and text.isprintable()


def _is_text(text: str) -> bool:
    """Whether both databases can keep a text: no half characters, no end-of-text marks."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _require(is_right: bool, field: str) -> None:
    if not is_right:
        raise _impossible(field)


def _impossible(field: str) -> EntryInvalid:
    return EntryInvalid(
        f"What was entered cannot be kept: {field} is missing or impossible.",
        where=field,
        still_works="everything entered before",
        next_step="Correct it and enter it again.",
    )


def _check_texts(entry: NewEntry, longest: int) -> None:
    body = entry.body
    texts: tuple[tuple[str, str], ...] = ()
    if isinstance(body, Dismissed):
        _require(bool(body.rules) and bool(body.reason), "reason")
        texts = (("reason", body.reason), ("comment", body.comment))
    elif isinstance(body, Snoozed):
        texts = (("reason", body.reason),)
    elif isinstance(body, Override):
        value = body.value if isinstance(body.value, str) else ""
        texts = (("reason", body.reason), ("centre", body.centre), ("value", value))
    elif isinstance(body, Feedback):
        given = (*body.override_reasons, body.service, body.card, body.rule, body.outcome)
        texts = tuple(("feedback", text) for text in given)
    elif isinstance(body, Adjudication):
        texts = (("comment", body.comment),)
    for field, text in texts:
        _require(len(text) <= longest and _is_text(text), field)


def _check_area(area: Area, skin_round: SkinRound, vocabulary: Vocabulary) -> None:
    _require(area.body_site in vocabulary.body_sites, "body_site")
    _require(area.body_site not in skin_round.without_side or area.side is None, "side")
    if area.result != "finding":
        _require(not _says_something(area), "result")
    for concept in area.signs:
        _require(concept.startswith("sign.") and concept in vocabulary.concepts, "signs")
    for field, cm, measured in (
        ("seen_cm", area.seen_cm, skin_round.extent.seen),
        ("felt_cm", area.felt_cm, skin_round.extent.felt),
    ):
        for length in cm or ():
            size = vocabulary.units.to_canonical(measured.concept, length, skin_round.extent.unit)
            is_possible = vocabulary.units.is_plausible(measured.concept, size)
            _require(length > 0 and is_possible, field)
    _require(area.ulcer != "no" or skin_round.ulcer.concept not in area.signs, "ulcer")
    scale = skin_round.pain.scale(area.pain_scale)
    _require(scale is not None, "pain_scale")
    if area.pain is not None and scale is not None:
        _require(scale.lowest <= area.pain <= scale.highest, "pain")
    for field, text in (("photo_reference", area.photo_reference), ("lesion_id", area.lesion_id)):
        _require(text is None or _is_name(text), field)


def _says_something(area: Area) -> bool:
    """Whether an area that was not a finding nevertheless tells of one."""
    told = (area.signs, area.seen_cm, area.felt_cm, area.ulcer, area.wound, area.lesion_id)
    return any(told) or area.pain is not None


def _check_case_report(report: CaseReport, entered_at: Instant) -> None:
    form = load_case_report_form().form(report.form)
    if form is None:
        raise _impossible("form")
    highest = INSTANCES_AT_MOST if form.repeats else 1
    _require(1 <= report.instance <= highest, "instance")
    _require(form.repeats or not report.is_removed, "is_removed")
    values = dict(report.values)
    _require(len(values) == len(report.values), "values")
    for field, text in report.values:
        _check_answer(form, field, text, entered_at)
    for field in outside_limits(form, values):
        raise _impossible(f"{form.id}.{field}")


def _check_answer(form: Form, id: str, text: str, entered_at: Instant) -> None:
    field = form.field(id)
    if field is None:
        raise _impossible("values")
    _require(_is_text(text) and why_not(field, text) is None, f"{form.id}.{id}")
    if field.type == "date" and text not in ("", UNKNOWN):
        # A day more, since a day of the patient may begin before one of the clock.
        _require(start_from_iso(text) <= entered_at + DAY, f"{form.id}.{id}")


def _check_adjudication(adjudication: Adjudication) -> None:
    _require(adjudication.reading in ("single", "consensus"), "reading")
    _require(adjudication.verdict in get_args(Verdict), "verdict")
    _require(adjudication.cause_of_death in (None, *get_args(CauseOfDeath)), "cause_of_death")
