"""What is known of the request that is being served: its trace id and where it comes from."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    trace_id: str = ""
    caller_trace: str = ""
    ip: str | None = None
    user_agent: str = ""


NOWHERE = Context()
current: ContextVar[Context] = ContextVar("request_context", default=NOWHERE)
