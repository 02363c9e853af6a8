"""Paths into a person's data, and what they lead to."""

from __future__ import annotations

from integrations.delivery.wishes import mapping

PERSON = {
    "userName": "ada",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [{"value": "a@work.example", "type": "work"}, {"value": "a@home.example", "type": "home"}],
    "nickNames": ["A"],
    mapping.ENTERPRISE: {"department": "Engines", "manager": {"value": "42"}},
}


def test_every_path_of_a_person_leads_to_a_value():
    paths = mapping.paths(PERSON)

    assert paths == [
        "userName",
        *("name.givenName", "name.familyName"),
        *("emails.primary", "emails.work", "emails.home"),
        "nickNames.primary",
        *(f"{mapping.ENTERPRISE}:department", f"{mapping.ENTERPRISE}:manager.value"),
    ]
    values = [mapping.value(PERSON, path) for path in paths if path != "nickNames.primary"]
    assert None not in values
    assert mapping.value(PERSON, "emails.home") == "a@home.example"
