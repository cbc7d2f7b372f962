"""Calcium load, monitoring, course and referral, added to a plan."""

from __future__ import annotations

import msgspec

from livedo.act.calcium_load import CalciumLoads
from livedo.act.consultation import Consultation
from livedo.act.monitoring import Monitorings, Prognoses
from livedo.act.parts import Plan
from livedo.act.referral import Referrals, Tables
from livedo.act.rows import Rows
from livedo.act.wound_states import wound_state


class Care:
    """Adds what goes with the options."""

    def __init__(self, rows: Rows) -> None:
        self.words = rows.words
        self.calcium = CalciumLoads(rows)
        self.monitoring = Monitorings(rows)
        self.prognoses = Prognoses(rows)
        self.referrals = Referrals(rows)

    def with_care(self, plan: Plan, case: Consultation, tables: Tables) -> Plan:
        """The plan with what to follow, what worsens the course and whom to ask."""
        return msgspec.structs.replace(
            plan,
            calcium_load=None if case.has_left else self.calcium.review(case),
            monitoring=self.monitoring.lines(case),
            prognosis=self.prognoses.factors(case),
            wound_state="" if case.has_left else wound_state(case, self.words),
            referral=self.referrals.summary(case, tables),
        )
