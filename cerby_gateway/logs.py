"""Logging: event names with fields, on standard error, redacted before they are written."""

from __future__ import annotations

import logging.config
from typing import Any

import structlog

from integrations.kit import context, redact


def add_trace(_logger: Any, _method: str, event: Any) -> Any:
    """A structlog processor: names the request in whose course a line is written."""
    if trace_id := context.current.get().trace_id:
        event.setdefault("trace_id", trace_id)
    return event


SHARED: list[Any] = [
    add_trace,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    redact.log_processor,
]


def configure(config: dict[str, Any]) -> None:
    """Sets up structlog and the standard library's loggers; `config` is Django's LOGGING setting: {"debug":
    bool}."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "event": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processor": structlog.processors.KeyValueRenderer(
                        key_order=["timestamp", "level", "event"]
                    ),
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event"}},
            "root": {"handlers": ["stderr"], "level": "INFO" if config.get("debug") else "WARNING"},
            "loggers": {
                "gateway": {"level": "INFO"},
                # A refused host name or a missing page is the visitor's, not the operator's, trouble.
                "django.security.DisallowedHost": {"level": "CRITICAL"},
                "django.request": {"level": "ERROR"},
            },
        }
    )
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
