"""Shape and colour of each state and group. The word always stands beside the shape."""

from __future__ import annotations

from livedo.surfaces.terminal import Role

STATE_SIGNS: dict[str, str] = {
    "disseminated": "!",
    "ulcerated": "■",
    "lesion": "●",
    "subclinical": "◉",
    "at_risk": "△",
    "in_programme": "○",
    "other_wound": "□",
    "outside": "–",
}

STATE_ROLES: dict[str, Role] = {
    "disseminated": "danger",
    "ulcerated": "danger",
    "lesion": "early",
    "subclinical": "early",
    "at_risk": "risk",
    "in_programme": "quiet",
    "other_wound": "quiet",
    "outside": "quiet",
}

GROUP_ROLES: dict[str, Role] = {
    "danger_now": "danger",
    "possible_early_disease": "early",
    "unsafe_prescription": "risk",
    "workup_missing": "workup",
    "palpation_overdue": "palpation",
}

DIRECTION_SIGNS = {"worse": "↑", "new": "●", "same": "=", "better": "↓"}

SPARKS = "▁▂▃▄▅▆▇█"
OUTSIDE_TARGET = "◆"


def spark(months: tuple[float | None, ...], *, is_too_old: bool) -> str:
    """Twelve months as small bars: `·` for a month without a value, `?` where it is now unknown."""
    known = [value for value in months if value is not None]
    if not known:
        return "?" * len(months)
    low, high = min(known), max(known)
    last = max(place for place, value in enumerate(months) if value is not None)
    return "".join(
        bar(value, low, high) if value is not None else after(place > last and is_too_old)
        for place, value in enumerate(months)
    )


def bar(value: float, low: float, high: float) -> str:
    """One value as a bar between the lowest and the highest."""
    if high == low:
        return SPARKS[len(SPARKS) // 2]
    return SPARKS[round((value - low) / (high - low) * (len(SPARKS) - 1))]


def after(is_unknown: bool) -> str:
    """A month without a value."""
    return "?" if is_unknown else "·"
