"""What the service writes to its log: kinds and places, never an address, a name or a value."""

from __future__ import annotations

import copy
from typing import Any

_LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "filters": {"no_traces": {"()": "livedo.surfaces.web.logs.without_trace"}},
    "handlers": {
        "errors": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["no_traces"],
            "stream": "ext://sys.stderr",
        },
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["errors"], "level": "WARNING"},
    "loggers": {
        "livedo.web": {"level": "WARNING"},
        "livedo.web.requests": {"level": "WARNING"},
        # Their lines hold addresses with queries, tokens, or texts of errors.
        "uvicorn.access": {"handlers": ["nowhere"], "propagate": False},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "authlib": {"level": "WARNING"},
        "sqlalchemy": {"level": "WARNING"},
    },
}


def log_settings(requests: bool = False) -> dict[str, Any]:
    """The settings of logging for uvicorn: `requests` asks for a line a request."""
    settings = copy.deepcopy(_LOGS)
    if requests:
        settings["loggers"]["livedo.web.requests"]["level"] = "INFO"
    return settings


def without_trace() -> Any:
    """A filter that keeps the kind of an error and drops its text and trace."""
    import logging

    def keep(record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            record.msg, record.args = f"error of kind {record.exc_info[0].__name__}", ()
            record.exc_info = record.exc_text = None
        record.stack_info = None
        return True

    return keep
