"""What is asked for is what is read, and an answer is the whole of a domain only if it is whole."""

from __future__ import annotations

import json
import re

import pytest

from livedo.act.orders import rules_asked
from livedo.assess.compile import concepts_in
from livedo.assess.engine_python import rules_of_kinds
from livedo.assess.terms import terms_of
from livedo.assess.timeline import scope_of
from livedo.surfaces.hooks.service import ENGINE_KINDS
from tests.contracts.schemas import assert_valid
from tests.hooks.calls import (
    answer,
    bundle,
    call,
    dialysis,
    drafted,
    finding,
    patient,
    prefetch,
    shared,
    signing,
)

KNOWLEDGE = shared().knowledge
RULES = rules_of_kinds(KNOWLEDGE.rules, ENGINE_KINDS, rules_asked())
READ = concepts_in(rule.when for rule in RULES.values())
SCOPE = scope_of(READ, terms_of(KNOWLEDGE.vocabulary).lineages)
BEARING = frozenset(SCOPE.asked_by) & frozenset(
    concept for concept, above in SCOPE.asked_by.items() if above
) | frozenset(SCOPE.denied_by)


def asked_codes() -> list[tuple[str, str]]:
    found = []
    for template in shared().prefetch.values():
        codes = re.search(r"[?&]code=([^&]*)", template)
        found += [tuple(part.split("|")) for part in codes[1].split(",")] if codes else []
    return found


def test_the_discovery_document_is_what_the_specification_describes():
    for lang in ("en", "da"):
        document = json.loads(json.dumps(_plain(shared().discovery(lang))))
        assert_valid("discovery", document)
        assert [one["hook"] for one in document["services"]] == [
            "patient-view",
            "order-select",
            "order-sign",
        ]


def _plain(discovery):
    import msgspec

    return msgspec.to_builtins(discovery)


def test_every_code_asked_for_is_one_that_a_rule_of_the_hooks_reads():
    codes = asked_codes()
    assert len(codes) > 80
    vocabulary = KNOWLEDGE.vocabulary
    unread = [
        (system, code)
        for system, code in codes
        if not set(vocabulary.concepts_for_code(system, code)) & BEARING
    ]
    assert unread == []
    assert len(codes) == len(set(codes))


def test_every_result_and_finding_that_a_rule_reads_is_asked_for():
    """The other way round: a code of something read is in the query of its domain."""
    asked = set(asked_codes())
    systems = KNOWLEDGE.vocabulary.codes.systems
    for query in shared().files.prefetch:
        for system, code in KNOWLEDGE.vocabulary.codes:
            is_read = code.concept in READ and code.concept.split(".")[0] in query.domains
            if is_read and system in query.by_code and not code.prefix:
                assert (systems[system].uris[0], code.code) in asked


def test_every_resource_type_asked_for_is_read_for_a_domain_that_a_rule_looks_at():
    domains = {concept.partition(".")[0] for concept in READ}
    for query in shared().files.prefetch:
        is_person = query.resource == "Patient"
        assert is_person or domains & set(query.domains), query.key
        assert query.key in shared().prefetch
    resources = {template.split("?")[0].split("/")[0] for template in shared().prefetch.values()}
    assert resources == {q.resource for q in shared().files.prefetch}


def test_every_domain_that_a_rule_looks_at_is_asked_for_or_said_not_to_be():
    domains = {concept.partition(".")[0] for concept in READ}
    covered = {domain for query in shared().files.prefetch for domain in query.domains}
    assert domains <= covered | set(shared().files.not_asked)
    assert not covered & set(shared().files.not_asked)


def test_queries_use_the_patient_and_codes_and_nothing_else():
    for template in shared().prefetch.values():
        assert template.count("{{") == 1
        assert "{{context.patientId}}" in template
        parameters = template.partition("?")[2].split("&")
        assert {p.partition("=")[0] for p in parameters if p} <= {"patient", "code"}
        assert len(template) < 4000


def states(**instead):
    sent = signing([drafted("Marevan")], dialysis(), **instead).prefetched
    return sent.states, sent.domains


def test_an_answered_query_is_what_is_observed():
    found, domains = states()
    assert set(found.values()) == {"whole"}
    assert domains == {"condition", "drug", "procedure", "dialysis"}


@pytest.mark.parametrize(
    ("answered", "state"),
    [
        (..., "missing"),
        (None, "null"),
        ({"resourceType": "OperationOutcome", "issue": []}, "error"),
        (bundle([], link=[{"relation": "next", "url": "https://ehr.example/page2"}]), "part"),
        (bundle([], total=3), "part"),
        ({**bundle([]), "type": "collection"}, "part"),
        (bundle([{"resourceType": "OperationOutcome", "issue": []}]), "part"),
        ({"resourceType": "Patient", "id": "x"}, "unreadable"),
        ({"resourceType": "Bundle", "entry": 7}, "unreadable"),
    ],
)
def test_an_answer_that_is_not_whole_observes_nothing(answered, state):
    found, domains = states(conditions=answered)
    assert found["conditions"] == state
    assert "condition" not in domains
    assert {"drug", "procedure"} <= domains


def test_a_domain_of_two_queries_is_observed_when_both_are_answered():
    _, domains = states(statements=...)
    assert "drug" not in domains


def test_what_did_not_come_is_named_in_both_languages():
    for lang in ("en", "da"):
        wording = KNOWLEDGE.wording(lang)
        assert all(wording.text(f"hooks.unsent.{key}") for key in shared().prefetch)


def test_silence_is_a_no_only_where_everything_came():
    def valve(**instead):
        (card,) = signing([drafted("Marevan")], dialysis(), **instead).cards
        return "Mechanical heart valve: not in the data sent" in card.detail

    assert valve()
    assert not valve(conditions=None)
    assert not valve(conditions=bundle([], link=[{"relation": "next", "url": "https://e/2"}]))


def test_links_that_are_no_next_page_do_no_harm():
    found, _ = states(conditions=bundle([], link=[{"relation": "self", "url": "https://e/1"}]))
    assert found["conditions"] == "whole"


def test_data_nobody_asked_for_are_not_read():
    sent = prefetch(dialysis(), extra=bundle([finding("sign.ulcer", site="left thigh")]))
    record = answer(call("order-sign", sent, [drafted("Marevan")])).record
    assert "sign.ulcer" not in {fact.concept for fact in record.facts}


def test_resources_of_another_person_are_set_aside_and_counted():
    other = {**finding("sign.ulcer", site="left thigh")}
    other["subject"] = {"reference": "Patient/p-2"}
    answered = signing([drafted("Marevan")], dialysis(), findings=bundle([other]))
    assert answered.set_aside["unknown_patient"] == 1
    assert "sign.ulcer" not in {fact.concept for fact in answered.record.facts}
    both = bundle([patient("p-2"), other])
    answered = signing([drafted("Marevan")], dialysis(), findings=both)
    assert answered.set_aside["other_patient"] == 1
    assert "sign.ulcer" not in {fact.concept for fact in answered.record.facts}
