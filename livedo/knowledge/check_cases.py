"""Checks of the cases: every rule has them, they can be read, they pass, and they would notice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec

from livedo.errors import LivedoError
from livedo.knowledge.casefile import (
    Case,
    CaseFile,
    CaseMalformed,
    parse_case,
    parse_case_file,
    with_given,
)
from livedo.knowledge.cases import Engine, run_case
from livedo.knowledge.check_references import Known, RuleFile
from livedo.knowledge.invented import patient_from_case
from livedo.knowledge.load import Knowledge
from livedo.knowledge.mistakes import Document, Report
from livedo.knowledge.mutants import mutants_of
from livedo.knowledge.schema import Rule

EngineFor = Callable[[Knowledge], Engine]
"""Makes an engine for some knowledge; handed in, since knowledge stands before assessment."""

_ANSWERS = ("yes", "no", "unknown")


def read_cases(
    documents: Mapping[str, Document],
    well_formed: Collection[str],
    known: Known,
    knowledge: Knowledge,
    report: Report,
) -> dict[str, CaseFile]:
    """The case files that can be used, by the id of their path; the others are noted.

    Args:
        documents: the readable case files.
        well_formed: those of the right shape; what is wrong in the others is noted already.
        known: the names that exist.
        knowledge: makes patients of the cases.
        report: where mistakes are noted.
    """
    files = {}
    for path_id, document in documents.items():
        cases = _read_each(document, path_id in well_formed, report)
        for i, case in cases.items():
            _check_case(document, i, case, known, knowledge, report)
        if path_id not in well_formed:
            continue
        _check_head(path_id, document, known, report)
        if len(cases) == len(document.plain["cases"]):
            files[path_id] = parse_case_file(document.plain)
    return files


def _read_each(document: Document, is_well_formed: bool, report: Report) -> dict[int, Case]:
    """The cases that can be read one by one, so that one bad case does not hide the others."""
    plain = document.plain
    listed = plain.get("cases") if isinstance(plain, dict) else None
    cases = {}
    for i, written in enumerate(listed if isinstance(listed, list) else ()):
        try:
            cases[i] = parse_case(with_given(written, plain.get("given") or {}), ("cases", i))
        except CaseMalformed as error:
            if is_well_formed:
                report.add(document, error.path, "case_invalid", problem=error.what)
    return cases


def check_present(
    rules: Iterable[RuleFile],
    documents: Mapping[str, Document],
    files: Mapping[str, CaseFile],
    report: Report,
) -> None:
    """Every rule has a case for yes, for no and for unknown."""
    for rule in rules:
        if rule.rule_id not in documents:
            report.add(rule.document, (), "cases_missing", rule=rule.rule_id)
        elif rule.rule_id in files:
            _check_answers(documents[rule.rule_id], files[rule.rule_id], report)


def check_results(
    files: Mapping[str, CaseFile],
    documents: Mapping[str, Document],
    rule_documents: Mapping[str, Document],
    knowledge: Knowledge,
    engine_for: EngineFor,
    report: Report,
) -> None:
    """Every case passes, and moving any threshold by a step would be noticed."""
    engine = engine_for(knowledge)
    for rule_id in knowledge.rules:
        if rule_id not in files or rule_id not in documents:
            continue
        failing = _check_passes(engine, knowledge, files[rule_id], documents[rule_id], report)
        if not failing and rule_id in rule_documents:
            document = rule_documents[rule_id]
            _check_mutants(rule_id, files[rule_id], document, knowledge, engine_for, report)


def _check_head(path_id: str, document: Document, known: Known, report: Report) -> None:
    rule = document.plain["rule"]
    if rule != path_id:
        report.add(document, ("rule",), "case_rule_differs", rule=rule, path=path_id)
    if path_id not in known.rules:
        report.add(document, (), "case_without_rule", meant=(path_id, known.rules), rule=path_id)
    seen: set[str] = set()
    for i, case in enumerate(document.plain["cases"]):
        name = str(case["name"])
        if name in seen:
            report.add(document, ("cases", i, "name"), "case_name_repeated", name=name)
        seen.add(name)


def _check_case(
    document: Document, i: int, case: Case, known: Known, knowledge: Knowledge, report: Report
) -> None:
    """Names exist, and a patient can be made of it."""
    is_known = True
    for name, path in _names_in(document, i, case):
        code, exist = _lists(known)[str(path[-1])]
        if name not in exist:
            report.add(document, path, code, meant=(name, exist), name=name)
            is_known = False
    if not is_known:
        return
    try:
        patient_from_case(case, knowledge.vocabulary)
    except LivedoError as error:
        problem = f"{error.what} {error.next_step}".strip()
        report.add(document, ("cases", i), "case_invalid", problem=problem)


def _lists(known: Known) -> dict[str, tuple[str, Collection[str]]]:
    return {
        "concept": ("unknown_concept", known.concepts),
        "expect_missing": ("unknown_concept", known.concepts),
        "body_site": ("unknown_body_site", known.body_sites),
        "route": ("unknown_route", known.routes),
    }


def _names_in(
    document: Document, i: int, case: Case
) -> Iterable[tuple[str, tuple[str | int, ...]]]:
    """Names used by a case, with the steps to them; shared facts stand under `given`."""
    shared = (document.plain.get("given") or {}).get("facts") or ()
    for j, fact in enumerate(case.facts):
        is_shared = j < len(shared)
        path = ("given", "facts", j) if is_shared else ("cases", i, "facts", j - len(shared))
        if is_shared and i > 0:
            continue
        yield fact.concept, (*path, "concept")
        for field in ("body_site", "route"):
            name = getattr(fact, field)
            if name is not None:
                yield name, (*path, field)
    for name in case.expect_missing:
        if not name.startswith("person."):
            yield name, ("cases", i, "expect_missing")


def _check_answers(document: Document, file: CaseFile, report: Report) -> None:
    expected = {case.expect for case in file.cases}
    for answer in _ANSWERS:
        if answer == "unknown" and file.no_unknown:
            continue
        if answer not in expected:
            report.add(document, ("cases",), "case_kind_missing", answer=answer, rule=file.rule)


def _check_passes(
    engine: Engine, knowledge: Knowledge, file: CaseFile, document: Document, report: Report
) -> bool:
    """Whether a case fails; each that does is noted."""
    is_failing = False
    for i, case in enumerate(file.cases):
        result = run_case(engine, knowledge, file.rule, case)
        if not result.passed:
            is_failing = True
            at = ("cases", i, "expect")
            report.add(document, at, "case_fails", name=case.name, why=result.why)
    return is_failing


def _check_mutants(
    rule_id: str,
    file: CaseFile,
    document: Document,
    knowledge: Knowledge,
    engine_for: EngineFor,
    report: Report,
) -> None:
    needed = knowledge.needed_by(rule_id)
    survivors: dict[tuple[str | int, ...], list[str]] = {}
    for mutant in mutants_of(knowledge.rules[rule_id], document.plain):
        changed = {**needed, rule_id: mutant.rule}
        if _all_pass(changed, file, knowledge, engine_for):
            survivors.setdefault(mutant.number.path, []).append(mutant.change)
    for path, changes in survivors.items():
        report.add(document, path, "threshold_not_tested", changes="; ".join(changes))


def _all_pass(
    rules: Mapping[str, Rule], file: CaseFile, knowledge: Knowledge, engine_for: EngineFor
) -> bool:
    changed = knowledge.with_rules(rules)
    engine = engine_for(changed)
    bare = (msgspec.structs.replace(c, expect_value=None, expect_missing=()) for c in file.cases)
    return all(run_case(engine, changed, file.rule, case).passed for case in bare)
