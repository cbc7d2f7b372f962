"""Checks of a rule against everything else: does each name it uses exist, and may it use it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from livedo.knowledge import schema
from livedo.knowledge.load import KindDef, Knowledge
from livedo.knowledge.mistakes import Document, Report
from livedo.knowledge.tree import Part, Path, parts_written, selections

NO_SOURCE = "local convention, no source"
"""What `threshold_from` says of a number that no source states."""

_LISTS = (
    ("because", "unknown_claim", "claims"),
    ("then", "unknown_next_step", "next_steps"),
    ("threshold_from", "unknown_threshold", "thresholds"),
)
_SITES = ("body_site",)
_ROUTES = ("route", "not_route")


class Known(NamedTuple):
    """Every name that knowledge files may use."""

    concepts: Collection[str]
    body_sites: Collection[str]
    routes: Collection[str]
    claims: Collection[str]
    thresholds: Collection[str]
    next_steps: Collection[str]
    rules: Collection[str]
    kinds: Mapping[str, KindDef]


def known_names(knowledge: Knowledge, rules: Collection[str]) -> Known:
    """The names of this knowledge; the rules are those that have a file."""
    vocabulary = knowledge.vocabulary
    sites = vocabulary.body_sites
    return Known(
        concepts=vocabulary.concepts,
        body_sites={*sites, *(name for site in sites.values() for name in site.classes)},
        routes=vocabulary.routes,
        claims=knowledge.claims,
        thresholds={*knowledge.thresholds, NO_SOURCE},
        next_steps=knowledge.next_steps,
        rules=rules,
        kinds=knowledge.kinds,
    )


class RuleFile(NamedTuple):
    """A rule file, the id its path gives, and the conditions it holds."""

    document: Document
    rule_id: str
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, document: Document, rule_id: str) -> RuleFile:
        """The rule file of a readable document."""
        plain = document.plain if isinstance(document.plain, dict) else {}
        return cls(document, rule_id, tuple(parts_written(plain.get("when"))))

    def field(self, name: str) -> Any:
        """What the file says in one of its fields."""
        plain = self.document.plain
        return plain.get(name) if isinstance(plain, dict) else None

    def list_of(self, name: str) -> list[str]:
        """A field that holds one name or several."""
        value = self.field(name)
        several = [value] if isinstance(value, str) else value
        return [v for v in several if isinstance(v, str)] if isinstance(several, list) else []


def check_references(file: RuleFile, known: Known, report: Report) -> None:
    """Every name in one rule file."""
    _check_id(file, known, report)
    _check_lists(file, known, report)
    _check_texts(file, report)
    for part in file.parts:
        _check_rule_named(file, part, known, report)
        if part.condition is not None:
            _check_concepts(file, part, known, report)


def check_across(files: Collection[RuleFile], report: Report) -> None:
    """What only shows when all rule files are seen together."""
    _check_titles(files, report)
    _check_circles(files, report)


def _check_id(file: RuleFile, known: Known, report: Report) -> None:
    written = file.field("id")
    if isinstance(written, str) and written != file.rule_id:
        report.add(file.document, ("id",), "id_differs", id=written, path=file.rule_id)
    kind = file.rule_id.partition("/")[0]
    if kind not in known.kinds:
        report.add(file.document, (), "unknown_kind", meant=(kind, known.kinds), kind=kind)


def _check_lists(file: RuleFile, known: Known, report: Report) -> None:
    for field, code, names in _LISTS:
        exist: Collection[str] = getattr(known, names)
        for i, name in enumerate(file.list_of(field)):
            if name not in exist:
                report.add(file.document, (field, i), code, meant=(name, exist), name=name)
    ask_for = (file.field("if_unknown") or {}).get("ask_for", ())
    for i, name in enumerate(ask_for if isinstance(ask_for, list) else ()):
        _check_concept(file, ("if_unknown", "ask_for", i), name, known, report)


def _check_concept(file: RuleFile, path: Path, name: Any, known: Known, report: Report) -> None:
    if name not in known.concepts:
        meant = (str(name), known.concepts)
        report.add(file.document, path, "unknown_concept", meant=meant, name=name)


def _check_concepts(file: RuleFile, part: Part, known: Known, report: Report) -> None:
    if part.condition is None:
        return
    for concept, where, steps in selections(part.condition):
        _check_concept(file, (*part.path, *steps), concept, known, report)
        if where is not None:
            within = steps[:1] if len(steps) > 1 else ()
            at = (*part.path, *within, "where")
            _check_where(file, where, at, known, report)
            if where.status is not None:
                _check_draft(file, part.condition, (*at, "status"), known, report)


def _check_where(
    file: RuleFile, where: schema.Where, path: Path, known: Known, report: Report
) -> None:
    for fields, code, exist in (
        (_SITES, "unknown_body_site", known.body_sites),
        (_ROUTES, "unknown_route", known.routes),
    ):
        for field in fields:
            for i, name in enumerate(getattr(where, field)):
                if name not in exist:
                    at = (*path, field, i)
                    report.add(file.document, at, code, meant=(name, exist), name=name)


def _check_draft(
    file: RuleFile, condition: schema.Condition, path: Path, known: Known, report: Report
) -> None:
    """Drafts are for the rules about prescriptions alone, and they hold now or not at all."""
    _check_sees_drafts(file, path, known, report)
    if not isinstance(condition, schema.Active):
        report.add(file.document, path, "draft_not_active")


def _check_sees_drafts(file: RuleFile, path: Path, known: Known, report: Report) -> None:
    kind = known.kinds.get(file.rule_id.partition("/")[0])
    if kind is not None and not kind.may_ask_draft:
        report.add(file.document, path, "asks_draft", kind=kind.id)


def _check_rule_named(file: RuleFile, part: Part, known: Known, report: Report) -> None:
    name = part.plain.get("rule")
    if not isinstance(name, str):
        return
    if name not in known.rules:
        at = (*part.path, "rule")
        report.add(file.document, at, "unknown_rule", meant=(name, known.rules), name=name)
    asked = known.kinds.get(name.partition("/")[0])
    if asked is not None and asked.may_ask_draft:
        _check_sees_drafts(file, (*part.path, "rule"), known, report)
    kind = known.kinds.get(file.rule_id.partition("/")[0])
    if part.plain.get("is") == "unknown" and kind is not None and not kind.may_ask_unknown:
        report.add(file.document, (*part.path, "is"), "asks_unknown", kind=kind.id)


def _check_texts(file: RuleFile, report: Report) -> None:
    for field in ("title", "asks", "note"):
        text = file.field(field)
        for language in ("en", "da"):
            if isinstance(text, dict) and not str(text.get(language) or "").strip():
                report.add(
                    file.document, (field, language), "text_missing", field=field, language=language
                )


def _check_titles(files: Collection[RuleFile], report: Report) -> None:
    first: dict[tuple[str, str], RuleFile] = {}
    for file in files:
        for language, title in _titles(file):
            other = first.setdefault((language, title.casefold()), file)
            if other is not file:
                path = ("title", language)
                report.add(file.document, path, "repeated_title", other=other.rule_id, title=title)


def _titles(file: RuleFile) -> Iterator[tuple[str, str]]:
    title = file.field("title")
    for language in ("en", "da"):
        if isinstance(title, dict) and isinstance(title.get(language), str):
            yield language, title[language]


def _check_circles(files: Collection[RuleFile], report: Report) -> None:
    """Each circle is noted once, at the reference that closes it."""
    asks = {file.rule_id: file for file in files}
    done: set[str] = set()
    for rule_id in sorted(asks):
        _follow(rule_id, (), asks, done, report)


def _follow(
    rule_id: str,
    behind: tuple[str, ...],
    asks: Mapping[str, RuleFile],
    done: set[str],
    report: Report,
) -> None:
    for part in asks[rule_id].parts:
        name = part.plain.get("rule")
        if not isinstance(name, str) or name not in asks or name in done:
            continue
        trail = (*behind, rule_id)
        if name in trail:
            circle = " -> ".join((*trail[trail.index(name) :], name))
            at = (*part.path, "rule")
            report.add(asks[rule_id].document, at, "rules_in_circle", circle=circle)
        else:
            _follow(name, trail, asks, done, report)
    done.add(rule_id)
