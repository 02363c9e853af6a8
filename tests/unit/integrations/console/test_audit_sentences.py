"""The audit log in sentences that need no glossary."""

from __future__ import annotations

import pytest

from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.console import audit_sentences
from integrations.models import Integration


def entry(event: str, label: str = "Hootsuite", **detail: object) -> AuditEntry:
    return AuditEntry(action=event, target_kind="integration", target_label=label, detail=detail)


@pytest.mark.parametrize("event", Event)
def test_every_event_is_told_in_words(event):
    sentence = audit_sentences.told(entry(event))

    assert sentence[0].isupper()
    assert event not in sentence
    assert "%" not in sentence


@pytest.mark.parametrize(
    ("event", "detail", "lines"),
    [
        ("integration.created", {}, []),
        (
            "integration.changed",
            {"changed": {"sign_in_url": ["", "https://a.example"], "idp": ["", "okta"]}},
            [
                "Sign-in page of the app: empty → https://a.example.",
                "Identity provider: recognised from its requests → Okta.",
            ],
        ),
        (
            "integration.changed",
            {"changed": {"rehire": list(Integration.Rehire.values)}},
            ["When a person comes back: {} → {}.".format(*Integration.Rehire.labels)],
        ),
        (
            "integration.changed",
            {"changed": {"nested_groups": list(Integration.NestedGroups.values)}},
            ["Groups inside groups: {} → {}.".format(*Integration.NestedGroups.labels)],
        ),
        (
            "mapping.changed",
            {"added": ["urn:acme:2.0:User:badge"], "removed": ["urn:acme:2.0:User:desk"]},
            ["Added urn:acme:2.0:User:badge.", "Removed urn:acme:2.0:User:desk."],
        ),
        (
            "account.taken_over",
            {"number": 3, "accounts": ["ada", "ben"]},
            ["3 accounts: ada, ben…."],
        ),
        (
            "account.matched",
            {"account": "u7", "person": "ada"},
            ["The account u7 is that of ada."],
        ),
        ("account.unmatched", {"account": "u7"}, ["The account u7 is nobody's here."]),
        ("integration.deleted", {"people": 1, "groups": 2}, ["With it went 1 person and 2 groups."]),
        (
            "token.rotated",
            {"replaces": "cgw_x", "overlap_minutes": 0},
            ["It replaces cgw_x, which stopped at once."],
        ),
        (
            "token.rotated",
            {"replaces": "cgw_x", "overlap_minutes": 80},
            ["It replaces cgw_x, which was kept for 80 minutes."],
        ),
        (
            "token.rotated",
            {"replaces": "cgw_x", "overlap_minutes": 60},
            ["It replaces cgw_x, which was kept for 1 hour."],
        ),
        (
            "connector.changed",
            {"kind": "manual", "secrets": ["key"]},
            ["By Manual task.", "Secrets entered: key."],
        ),
        (
            "connector.changed",
            {"kind": "webhook", "secrets": ["signing_secret"]},
            ["By Webhook.", "Secrets entered: Signing secret."],
        ),
        ("connector.changed", {"kind": "gone", "secrets": ["key"]}, ["By gone.", "Secrets entered: key."]),
        ("connector.tested", {"ok": False}, ["It found a fault."]),
        (
            "delivery.policy_changed",
            {"changed": ["roles", "width"]},
            ["Changed: roles, people side by side."],
        ),
        (
            "delivery.skipped",
            {"number": 60, "deliveries": [1, 2], "reason": "They left."},
            ["60 deliveries: 1, 2….", "Because: They left."],
        ),
        ("delivery.edited", {"number": 1, "deliveries": [7]}, ["1 delivery: 7."]),
        (
            "delivery.replayed",
            {"since": "2026-11-01T10:00:00+00:00", "deliveries": 2},
            ["2 deliveries, of changes since 1 Nov 2026, 10:00:00."],
        ),
        ("delivery.replanned", {"deliveries": 1}, ["1 delivery was made."]),
        (
            "task.assigned",
            {"task": "Give Ada an account", "assignee": ""},
            ["Task: Give Ada an account.", "Now nobody has it."],
        ),
        ("task.done", {"task": "Give Ada an account"}, ["Task: Give Ada an account."]),
        ("member.invited", {"role": "super_admin"}, ["As Super Admin."]),
        ("member.role_changed", {"before": "admin", "after": "owner"}, ["From Admin to Owner."]),
        ("member.access_changed", {"integrations": ["Miro", "Wistia"]}, ["Now: Miro, Wistia."]),
        ("member.access_changed", {"integrations": []}, ["Now none."]),
        (
            "workspace.changed",
            {"name": "Northwind", "admins_limited": True},
            ["Its name is Northwind.", "Admins see only the integrations given to them."],
        ),
        (
            "support.viewed",
            {"listed": "integration", "search": "Zoom", "rows": 1},
            ["Listed 1 row of the kind “integration”, searching for “Zoom”."],
        ),
        ("support.viewed", {"opened": "user", "id": "1"}, ["Opened one row of the kind “user”."]),
    ],
)
def test_details_are_told_in_sentences(event, detail, lines):
    assert audit_sentences.details(entry(event, **detail)) == lines


def test_a_token_is_told_with_its_integration():
    made = AuditEntry(action="token.generated", target_kind="gatewaytoken", target_label="cgw_x")
    made.integration = Integration(name="Hootsuite")

    assert audit_sentences.details(made) == ["For Hootsuite."]
