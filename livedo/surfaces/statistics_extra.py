"""The statistics of the registry are an extra: a plain word instead of a trace."""

from __future__ import annotations

from livedo.errors import PartMissing


def statistics_missing(still_works: str = "every other command") -> PartMissing:
    """What to say where the extra `registry` is not installed."""
    return PartMissing(
        "The statistics of the registry are not installed",
        still_works=still_works,
        next_step='pip install "livedo[registry]"',
    )


def refuse_without_statistics() -> None:
    """Raises PartMissing unless everything of the extra is there."""
    try:
        import lifelines  # noqa: F401
        import statsmodels  # noqa: F401
    except ImportError:
        raise statistics_missing() from None
