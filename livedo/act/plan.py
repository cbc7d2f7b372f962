"""Options with grade, reason, cautions and what to check first; never an order.

Here options are only drafted. A plan comes out of `livedo.act.safety`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

from livedo.act.consultation import Consultation
from livedo.act.drafts import Draft
from livedo.act.option_files import Option, Said, load_options
from livedo.act.parts import Act, Plan
from livedo.act.precedence import OUTSIDE
from livedo.act.rows import Rows
from livedo.act.safety import Safety


class Options:
    """Makes plans."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.book = rows.book
        self.words = rows.words
        self.safety = Safety(rows)

    def plan(self, case: Consultation) -> Plan:
        """The plan of one person, after the safety check. Nobody outside has one."""
        drafts = () if case.standing.state == OUTSIDE else tuple(self._drafts(case))
        return self.safety.checked(drafts, case)

    def _drafts(self, case: Consultation) -> Iterator[Draft]:
        for option in load_options():
            if case.is_yes(option.offered_when):
                yield self._offered(option, case)
            elif (said := _why_not(option, case)) is not None:
                yield Draft(
                    option=option,
                    act=option.act,
                    rules=(option.offered_when,),
                    why_not=said.text(self.words.lang),
                )

    def _offered(self, option: Option, case: Consultation) -> Draft:
        in_use = option.in_use_when is not None and case.is_yes(option.in_use_when)
        asked = (*option.why_rules, *([option.in_use_when] if option.in_use_when else []))
        telling = [id for id in dict.fromkeys(asked) if self._tells(id, case)]
        rules = tuple(dict.fromkeys((option.offered_when, *telling)))
        act: Act = "review" if in_use and option.act == "start" else option.act
        findings = (self._finding(id, case) for id in telling or [option.offered_when])
        return Draft(
            option=option,
            act=act,
            reasons=tuple(dict.fromkeys(findings)),
            evidence=tuple(dict.fromkeys(ref for id in rules for ref in case.answer(id).evidence)),
            rules=rules,
            check_first=tuple(self._said(said, case) for said in option.check_first),
            cautions=self._cautions(option, case, in_use=in_use),
        )

    def _tells(self, rule_id: str, case: Consultation) -> bool:
        """Whether a rule is a reason; of the states only the one where the person stands."""
        kind, _, name = rule_id.partition("/")
        is_lower = kind == "state" and name != case.standing.state
        return case.is_yes(rule_id) and rule_id in self.book.rules and not is_lower

    def _cautions(self, option: Option, case: Consultation, *, in_use: bool) -> tuple[str, ...]:
        always = tuple(self._said(said, case) for said in option.cautions)
        if not in_use:
            return always
        return (self.words.wording.text("plan.in_use"), *always)

    def _said(self, said: Said, case: Consultation) -> str:
        """A text, and what is known of the rule that it is about."""
        text = said.text(self.words.lang)
        if said.about is None:
            return text
        status = case.status(said.about).value
        return self.words.wording.text(f"plan.about.{status}", text=text)

    def _finding(self, rule_id: str, case: Consultation) -> str:
        return self.rows.reasons.finding(case.answer(rule_id), case.facts, case.judgement)


def _why_not(option: Option, case: Consultation) -> Said | None:
    if not case.is_yes(option.considered_when):
        return None
    is_open = case.is_unknown(option.offered_when)
    return option.why_not.unknown if is_open else option.why_not.no
