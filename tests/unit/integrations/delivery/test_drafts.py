"""What an admin starts from who sends something else: in the form that comes back as `override`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from integrations.delivery import registry
from integrations.delivery.connector import Context, Entitlement, Event, Intent, Order, Person

PERSON = Person(
    id="1",
    user_name="ada",
    data={"userName": "ada", "title": "Dr"},
    attributes={"user_name": "ada", "title": "Dr"},
    entitlements=(Entitlement("editor", "Editor"),),
)
EVENT = Event(
    type="user.updated",
    id="1",
    at=datetime(2026, 11, 28, tzinfo=UTC),
    trace_id="t",
    actor="Okta",
    before={"title": ""},
    after={"title": "Dr"},
    delta=[{"path": "title", "before": "", "after": "Dr"}],
)


@pytest.mark.parametrize(
    ("kind", "part", "value"),
    [
        ("manual", "title", "Dr"),
        ("file_drop", "title", "Dr"),
        ("rest_template", "attributes", {"user_name": "ada", "title": "Dr"}),
        ("scim_push", "title", "Dr"),
        ("webhook", "after", {"title": "Dr"}),
    ],
)
def test_a_draft_has_the_form_of_what_is_sent(kind, part, value):
    is_event = kind == "webhook"
    order = Order(
        Intent.UPDATE, "k.1", 1, person=None if is_event else PERSON, event=EVENT if is_event else None
    )
    connector = registry.get(kind)(Context(settings={}, secrets={}))

    assert connector.draft(order)[part] == value
    connector.close()


def test_a_program_is_told_the_person_that_was_edited():
    connector = registry.get("script")(Context(settings={}, secrets={}))

    draft = connector.draft(Order(Intent.UPDATE, "k.1", 1, person=PERSON))

    assert draft["person"]["attributes"] == {"user_name": "ada", "title": "Dr"}
    assert draft["person"]["roles"] == ["editor"]
