"""How the yearly report was made: versions, definitions, limits, and the line that repeats it."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from livedo.registry.yearly_parts import YearlyReport
from livedo.surfaces.registry_tables import Line, Panel, Table
from livedo.surfaces.registry_words import NAME, RegistryWords, as_of_text

METHODS = "registry_methods"


def methods_part(report: YearlyReport, words: RegistryWords) -> dict[str, Any]:
    """What the template shows of it."""
    return {
        "made": list(made(report, words)),
        "definitions": definitions_table(report, words),
        "paragraphs": paragraphs(words),
    }


def made(report: YearlyReport, words: RegistryWords) -> list[tuple[str, str]]:
    """Name and value of everything that the bytes depend on."""
    told = report.made
    libraries = ", ".join(f"{name} {version}" for name, version in told.libraries)
    entries = words.said("methods.entries", n=words.plain(told.entries))
    return [
        (words.said("methods.as_of"), as_of_text(report, words)),
        (words.said("methods.zone"), told.time_zone),
        (words.said("methods.versions"), f"Livedo {told.livedo}; {told.knowledge}"),
        (words.said("methods.form_name"), words.said("methods.form", n=told.form)),
        (words.said("methods.libraries"), libraries),
        (words.said("methods.standard"), words.standard(told.standard)),
        (words.said("methods.policy"), policy_text(report, words)),
        (words.said("methods.record"), told.manifest),
        (entries, told.store)
        if told.store
        else (words.said("methods.store"), words.said("methods.entries_none")),
    ]


def policy_text(report: YearlyReport, words: RegistryWords) -> str:
    """The numbers of the control, or who switched it off."""
    policy = report.made.policy
    if not policy.is_on:
        return words.said("methods.policy_off", by=policy.shown_by, reason=policy.reason)
    return words.said("methods.policy_on", hide_to=policy.hide_to, round_to=policy.round_to)


def definitions_table(report: YearlyReport, words: RegistryWords) -> Table:
    """Each level with the rule that gives it, and what the definition misses."""
    heads = tuple(
        words.said(f"methods.definitions_head.{id}") for id in ("level", "rule", "limits")
    )
    lines = []
    for id, levels in report.made.definitions:
        limits = words.find(f"certainty.limits.{id}") or ""
        for n, (level, rule) in enumerate(levels):
            name = words.definition(id)
            level_name = words.text(f"certainty.level.{level}")
            cells = (
                Markup(escape(level_name)),
                Markup("<code>{}</code>").format(rule),
                Markup('<span class="wrap">{}</span>').format(limits if n == 0 else ""),
            )
            # Said once to the eye; a reader who hears the table is told in every row.
            look = "" if n == 0 else ' class="vh"'
            head = Markup("<span{}>{}</span>").format(Markup(look), name)
            lines.append(Line(head, cells, "def" if n == 0 else ""))
    corner = words.said("methods.definitions_head.definition")
    return Table(words.said("methods.definitions"), corner, heads, (Panel("", tuple(lines)),))


def paragraphs(words: RegistryWords) -> list[tuple[str, str, tuple[str, ...]]]:
    """How it was worked out and what it cannot say: heading, text, what it rests on."""
    names = [key.split(".") for key in words.in_order() if key.startswith(f"{METHODS}.")]
    keys = [f"{METHODS}.{part[1]}" for part in names if part[-1] == "title"]
    keys += [f"{NAME}.methods.{part}" for part in ("rounding", "selection")]
    return [
        (words.text(f"{key}.title"), words.text(f"{key}.text"), words.because(f"{key}.text"))
        for key in keys
    ]
