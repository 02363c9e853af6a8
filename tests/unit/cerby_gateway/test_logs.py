"""What each line of the log carries."""

from __future__ import annotations

from cerby_gateway import logs
from integrations.kit import context
from integrations.kit.context import Context


def test_a_line_names_the_request_in_whose_course_it_is_written():
    token = context.current.set(Context(trace_id="a1"))
    try:
        assert logs.add_trace(None, "info", {"event": "x"}) == {"event": "x", "trace_id": "a1"}
        assert logs.add_trace(None, "info", {"trace_id": "its own"}) == {"trace_id": "its own"}
    finally:
        context.current.reset(token)


def test_a_line_of_no_request_names_none():
    assert logs.add_trace(None, "info", {"event": "x"}) == {"event": "x"}
