"""One call tried at the command line: what was sent on the left, what is answered on the right."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import msgspec

from livedo.act.facts_in_words import FactWords, capitalised
from livedo.act.orders import drafted_beside
from livedo.act.phrases import phrases
from livedo.act.quantities_in_words import as_units
from livedo.act.reasons import facts_by_reference
from livedo.errors import CallRefused, SourceUnreadable
from livedo.record.tables import DRAFT
from livedo.surfaces.hooks.cards import Card
from livedo.surfaces.hooks.requests import HookRefused
from livedo.surfaces.hooks.service import Answered, HookService
from livedo.surfaces.hooks.settings import HookSettings
from livedo.surfaces.options import Reader
from livedo.surfaces.terminal import Line, Role, Terminal, pad, width_of
from livedo.surfaces.words import Words

SIDE_BY_SIDE = 100
GAP = 3
FACTS_SHOWN = 14
ROLES: dict[str, Role] = {"critical": "danger", "warning": "risk", "info": "workup"}


@dataclass(frozen=True)
class Trial:
    """A call and its answer."""

    service: HookService
    answered: Answered
    reader: Reader


def trial_of(file: Path, hook: str | None, reader: Reader, time_zone: str) -> Trial:
    """The answer to the call in a file.

    Raises:
        SourceUnreadable: the file cannot be read.
        CallRefused: the call cannot be answered.
    """
    try:
        body = file.read_bytes()
    except OSError as error:
        raise SourceUnreadable(
            f"The file cannot be read: {error.strerror}", where=str(file)
        ) from error
    settings = HookSettings(lang=reader.lang, units=reader.units, time_zone=time_zone)
    service = HookService(settings)
    try:
        body, named = _as_hook(body, hook)
        id = next((s.id for s in service.files.services if s.hook == named), None)
        if id is None:
            raise HookRefused(422, "other_hook")
        return Trial(service, service.call(id, body, reader.lang), reader)
    except HookRefused as refusal:
        wording = service.knowledge.wording(reader.lang)
        raise CallRefused(
            wording.text(f"hooks.refused.{refusal.why}"),
            where=f"{file}, HTTP {refusal.status}",
            next_step="docs/how-to/connect-a-record-system.md shows a call",
        ) from None


def _as_hook(body: bytes, hook: str | None) -> tuple[bytes, str]:
    """The body as a call of this hook, and the hook that it names."""
    try:
        call = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        raise HookRefused(422, "not_a_call") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise HookRefused(400, "not_json") from None
    if hook is None:
        if "hook" not in call:
            raise HookRefused(422, "not_a_call")
        return body, _text_of(call["hook"])
    return msgspec.json.encode({**call, "hook": hook}), hook


def _text_of(raw: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(bytes(raw), type=str)
    except msgspec.MsgspecError:
        raise HookRefused(422, "not_a_call") from None


def trial_json(trial: Trial) -> str:
    """The answer as it would be sent, with what became of the call."""
    answered = trial.answered
    sent = answered.prefetched
    document = {
        "hook": answered.hook,
        "prefetch": dict(sent.states) if sent else {},
        "observed": sorted(sent.domains) if sent else [],
        "in": answered.items_in,
        "used": answered.items_used,
        "set_aside": answered.set_aside,
        "drafts": [
            {
                "name": draft.name,
                "concepts": [fact.concept for fact in draft.facts],
                "set_aside": draft.set_aside,
            }
            for draft in answered.drafts
        ],
        "rules": answered.rules,
        "response": msgspec.Raw(answered.body()),
    }
    return msgspec.json.encode(document).decode()


def trial_lines(trial: Trial, words: Words, terminal: Terminal) -> Iterator[Line]:
    """Side by side where there is room, else one below the other."""
    if terminal.width < SIDE_BY_SIDE:
        yield from _sent(trial, words, terminal.width)
        yield []
        yield from _answer(trial, words, terminal.width)
        return
    width = (terminal.width - GAP) // 2
    left, right = _sent(trial, words, width), _answer(trial, words, width)
    nothing: Line = []
    for one, other in zip_longest(left, right, fillvalue=nothing):
        filled: Line = [*one, (pad("", width + GAP - width_of(one)), "")]
        yield [*filled, *other] if other else one


def _sent(trial: Trial, words: Words, width: int) -> Iterator[Line]:
    answered = trial.answered
    head = f"{words.text('hooks.trial.request')}: {answered.hook}"
    yield [(head, "strong")]
    yield from _wrapped(f"{words.text('hooks.trial.person')} {answered.person_id}", width)
    if answered.is_invented:
        yield [(words.text("hooks.trial.invented"), "quiet")]
    yield []
    yield from _drafts(trial, words, width)
    if answered.prefetched is None:
        return
    yield [(words.text("hooks.trial.asked"), "strong")]
    for key, state in answered.prefetched.states.items():
        is_by_code = any(q.key == key and q.by_code for q in trial.service.files.prefetch)
        told = "answered" if state == "whole" and (is_by_code or key == "patient") else state
        said = words.text(f"hooks.trial.state.{told}")
        yield from _wrapped(f"{key}: {said}", width, "" if state == "whole" else "unknown")
    yield from _read(trial, words, width)
    yield []
    yield from _facts(trial, words, width)


def _drafts(trial: Trial, words: Words, width: int) -> Iterator[Line]:
    drafts = trial.answered.drafts
    if not drafts:
        return
    names = _fact_words(trial)
    yield [(words.text("hooks.trial.drafts"), "strong")]
    for draft in drafts:
        if draft.set_aside:
            why = words.find(f"hooks.aside.{draft.set_aside}") or draft.set_aside
            text = words.text("hooks.trial.draft_aside", name=draft.name, why=why)
            yield from _wrapped(text, width, "quiet")
        else:
            drugs = ", ".join(names.name(fact.concept) for fact in draft.facts)
            is_meant = bool(trial.service.orders.concerns(draft))
            mark = "" if is_meant else f" ({words.text('hooks.aside.no_rule')})"
            yield from _wrapped(f"{draft.name}: {drugs}{mark}", width, "" if is_meant else "quiet")
    yield []


def _read(trial: Trial, words: Words, width: int) -> Iterator[Line]:
    answered, wording = trial.answered, trial.service.knowledge.wording(words.lang)
    aside = answered.items_in - answered.items_used
    text = words.text(
        "hooks.trial.read", items=answered.items_in, used=answered.items_used, aside=aside
    )
    yield from _wrapped(text, width, "quiet")
    for reason, count in answered.set_aside.items():
        said = wording.text(key) if (key := f"set_aside.{reason}") in wording else reason
        yield from _wrapped(f"  {words.find(f'hooks.aside.{reason}') or said}: {count}", width)


def _facts(trial: Trial, words: Words, width: int) -> Iterator[Line]:
    """The facts that the answers rest on, the newest first."""
    answered = trial.answered
    if answered.record is None or not answered.rules:
        return
    facts = [fact for draft in answered.drafts for fact in draft.facts]
    known = [r for r in answered.rules if r in trial.service.knowledge.rules]
    beside = drafted_beside(answered.record, facts, answered.as_of)
    judgement = trial.service.engine.judge(beside, answered.as_of, known)
    held = facts_by_reference(answered.record)
    refs = dict.fromkeys(ref for one in judgement.answers.values() for ref in one.evidence)
    used = [held[ref] for ref in refs if ref in held and held[ref].status != DRAFT]
    told = phrases(used, answered.as_of, _fact_words(trial))
    yield [(words.text("hooks.trial.used"), "strong")]
    for text in told[:FACTS_SHOWN]:
        yield from _wrapped(f"- {capitalised(text)}", width)
    if len(told) > FACTS_SHOWN:
        more = words.count("hooks.trial.more", len(told) - FACTS_SHOWN)
        yield from _wrapped(more, width, "quiet")


def _answer(trial: Trial, words: Words, width: int) -> Iterator[Line]:
    answered = trial.answered
    yield [(words.text("hooks.trial.cards"), "strong")]
    if not answered.cards:
        yield from _wrapped(words.text("hooks.trial.no_cards"), width)
    for card, rule in zip(answered.cards, answered.rules, strict=True):
        yield []
        yield from _card(card, rule, words, width)


def _card(card: Card, rule: str, words: Words, width: int) -> Iterator[Line]:
    role = ROLES[card.indicator]
    mark = words.text(f"hooks.trial.indicator.{card.indicator}")
    yield from _wrapped(f"{mark.upper()}  {card.summary}", width, role)
    for line in _unmarked(card.detail or ""):
        is_heading = line.startswith("**")
        yield from _wrapped(line.strip("*"), width, "strong" if is_heading else "")
    chosen: Sequence[str] = [reason.display for reason in card.override_reasons]
    dismiss = words.text("hooks.trial.dismiss", reasons="; ".join(chosen))
    yield from _wrapped(dismiss, width, "quiet")
    yield from _wrapped(words.text("hooks.trial.rule", rule=rule), width, "quiet")


def _unmarked(detail: str) -> Iterator[str]:
    """The lines of a detail as people read them."""
    plain = detail.replace("&lt;", "<").replace("&amp;", "&")
    for sign in ("`", "*", "_", "[", "]", "|", "#", "\\"):
        plain = plain.replace(f"\\{sign}", sign)
    yield from (line for line in plain.splitlines() if line)


def _wrapped(text: str, width: int, role: Role = "") -> Iterator[Line]:
    for line in textwrap.wrap(text, width, subsequent_indent="  ") or [""]:
        yield [(line, role)]


def _fact_words(trial: Trial) -> FactWords:
    settings = trial.service.settings
    return FactWords(
        trial.service.knowledge, settings.lang, as_units(settings.units), settings.time_zone
    )
