"""API keys: who may make which, what they open, for how long, and what is kept of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps

from integrations import api_keys, roles, tokens
from integrations.api_keys import KeyRefused, Made, Terms
from integrations.audit.models import AuditEntry
from integrations.kit import token_text
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import ApiKey, Membership, Role, Workspace
from integrations.roles import Action
from tests import factories

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def made(workspace: Workspace) -> Made:
    return factories.make_api_key(workspace)


def refusal(header: str) -> str:
    with pytest.raises(KeyRefused) as caught:
        api_keys.verify(header)
    return caught.value.cause


def fill(workspace: Workspace, number: int, **fields: object) -> list[ApiKey]:
    """So many keys, whose secrets nobody knows."""
    rows = [
        ApiKey(workspace=workspace, public_id=f"{at:012}", label=f"Key {at}", role="admin", **fields)
        for at in range(number)
    ]
    return ApiKey.objects.bulk_create(rows)


@pytest.mark.parametrize("role", ApiKey.Role.values)
@pytest.mark.parametrize("giver", [Role.OWNER, Role.SUPER_ADMIN])
def test_owners_and_super_admins_make_keys_of_every_role(workspace, giver, role):
    member = factories.make_member(workspace, giver)

    made = api_keys.make(workspace, Terms("Nightly export", role), by=member)

    assert api_keys.verify(f"Bearer {made.text}").key == made.key
    entry = AuditEntry.objects.for_workspace(workspace).get(action="api_key.made")
    assert (entry.actor_label, entry.target_label) == (member.user.email, made.key.shown_name)
    assert entry.detail == {"label": "Nightly export", "role": role}


@pytest.mark.parametrize("role", ApiKey.Role.values)
@pytest.mark.parametrize("giver", [Role.ADMIN, Role.MEMBER])
def test_others_make_none_and_revoke_none(workspace, made, giver, role):
    member = factories.make_member(workspace, giver)

    with pytest.raises(NotAllowed, match="It takes: Owner, Super Admin"):
        api_keys.make(workspace, Terms("Nightly export", role), by=member)
    with pytest.raises(NotAllowed):
        api_keys.revoke(made.key, by=member)

    assert api_keys.listed(workspace) == [made.key]
    assert api_keys.verify(f"Bearer {made.text}").key == made.key


def test_a_key_may_what_a_person_of_its_role_may_and_a_reading_one_only_reads():
    def may(role: str) -> set[Action]:
        return {action for action in Action if roles.may(ApiKey(role=role), action)}

    assert may("read_only") == {Action.INTEGRATION_VIEW, Action.MEMBER_VIEW, Action.AUDIT_VIEW}
    for key, person in (("admin", Role.ADMIN), ("super_admin", Role.SUPER_ADMIN)):
        assert may(key) == {action for action in Action if roles.may(Membership(role=person), action)}


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        pytest.param(Terms("  ", "admin"), "label", id="no label"),
        pytest.param(Terms("x" * 81, "admin"), "label", id="a long label"),
        pytest.param(Terms("Export", "owner"), "role", id="a role that no key has"),
        pytest.param(Terms("Export", ""), "role", id="no role"),
    ],
)
def test_what_will_not_do_is_refused_at_its_field(workspace, owner, terms, field):
    with pytest.raises(Refused) as caught:
        api_keys.make(workspace, terms, by=owner)

    assert caught.value.field == field
    assert api_keys.listed(workspace) == []


def test_a_label_is_kept_as_a_page_shows_it(workspace, owner):
    made = api_keys.make(workspace, Terms(" Nightly \n  export ", "admin"), by=owner)

    assert made.key.label == "Nightly export"


def test_a_key_expires(workspace, owner):
    with time_machine.travel(NOON, tick=False):
        made = api_keys.make(workspace, Terms("Export", "admin", life=90 * DAY), by=owner)
        forever = api_keys.make(workspace, Terms("Terraform", "admin", life=None), by=owner)

    with time_machine.travel(NOON + 90 * DAY - timedelta(seconds=1), tick=False):
        assert api_keys.verify(f"Bearer {made.text}").key == made.key
    with time_machine.travel(NOON + 90 * DAY, tick=False):
        assert refusal(f"Bearer {made.text}") == "ended"
    with time_machine.travel(NOON + 9_000 * DAY, tick=False):
        assert api_keys.verify(f"Bearer {forever.text}").key == forever.key


def test_a_revoked_key_is_refused_at_once_and_stays_revoked_by_the_first(workspace, owner, made):
    api_keys.verify(f"Bearer {made.text}")

    api_keys.revoke(made.key, by=owner)
    api_keys.revoke(made.key, by=factories.OPERATOR)

    assert refusal(f"Bearer {made.text}") == "ended"
    (kept,) = api_keys.listed(workspace)
    assert kept.revoked_by == owner.user.email
    assert AuditEntry.objects.for_workspace(workspace).filter(action="api_key.revoked").count() == 1


@pytest.mark.parametrize(
    ("header", "cause"),
    [
        ("", "missing"),
        ("{}", "malformed"),
        ("Basic {}", "malformed"),
        ("Bearer {}x", "malformed"),
        ("Bearer " + "a" * 300, "malformed"),
        ("bearer   {} ", ""),
    ],
)
def test_a_key_comes_as_a_bearer(made, header, cause):
    sent = header.format(made.text)

    assert (refusal(sent) if cause else api_keys.verify(sent).key) == (cause or made.key)


def test_a_wrong_secret_and_a_stranger_are_refused_alike_and_never_reach_bcrypt(made, monkeypatch):
    stranger = token_text.mint("cgk")
    forged = token_text.TokenText("cgk", made.key.public_id, stranger.secret)
    monkeypatch.setattr("bcrypt.checkpw", lambda *_: pytest.fail("bcrypt was asked"))

    assert refusal(f"Bearer {forged}") == refusal(f"Bearer {stranger}") == "unknown"


def test_neither_a_gateway_token_nor_an_api_key_opens_the_others_door(integration, issued, made):
    assert refusal(f"Bearer {issued.text}") == "malformed"
    with pytest.raises(tokens.TokenRefused, match="malformed"):
        tokens.verify(f"Bearer {made.text}", integration.pk)

    # Even where the row of the one bears the public id and secret of the other.
    ApiKey.objects.filter(pk=made.key.pk).update(
        public_id=issued.token.public_id, token_hash=issued.token.token_hash, tag=issued.token.tag
    )
    assert refusal(f"Bearer {issued.text}") == "malformed"


def test_the_text_of_a_key_is_in_no_row_and_no_log(workspace, caplog):
    caplog.set_level("DEBUG")
    made = factories.make_api_key(workspace)
    api_keys.verify(f"Bearer {made.text}")
    api_keys.revoke(made.key, by=factories.OPERATOR)
    refusal(f"Bearer {made.text}")

    secret = made.text[-38:-6]
    for model in apps.get_models():
        assert secret not in str(list(model._default_manager.values())), model
    assert secret not in caplog.text
    assert secret not in repr(made)
    assert secret not in repr(token_text.parse(made.text, "cgk"))


def test_fifty_work_at_once_and_what_ended_is_not_counted(workspace, owner):
    fill(workspace, 50)
    other = factories.make_workspace("Contoso")

    with pytest.raises(Refused) as caught:
        factories.make_api_key(workspace)

    assert caught.value.code == "too_many"
    assert caught.value.message.startswith("This workspace has 50 keys that work")
    factories.make_api_key(other)
    first, second, *_rest = api_keys.listed(workspace)
    api_keys.revoke(first, by=owner)
    factories.make_api_key(workspace)
    ApiKey.objects.for_workspace(workspace).filter(pk=second.pk).update(expires_at=NOON - 9_000 * DAY)
    factories.make_api_key(workspace)


def test_a_key_that_works_is_listed_however_many_ended_after_it(workspace, made):
    fill(workspace, 60, revoked_at=NOON)

    listed = api_keys.listed(workspace)

    assert listed[0] == made.key
    assert len(listed) == 1 + api_keys.SHOWN_ENDED


def test_the_same_form_makes_one_key_in_whichever_workspace_it_is_sent(workspace, owner):
    terms = Terms("Nightly export", "admin", form_key=factories.form_key())
    api_keys.make(workspace, terms, by=owner)

    for place in (workspace, factories.make_workspace("Contoso")):
        with pytest.raises(Refused, match="This form was already sent"):
            api_keys.make(place, terms, by=factories.OPERATOR)

    assert ApiKey.objects.count() == 1


def test_its_use_is_noted_once_a_minute(made):
    for second, address in ((0, "192.0.2.1"), (59, "192.0.2.2"), (61, "192.0.2.3")):
        made.key.refresh_from_db()
        api_keys.note_use(
            made.key, at=NOON + timedelta(seconds=second), ip=address, user_agent="curl/8.0" * 99
        )
        made.key.refresh_from_db()
        assert made.key.last_used_ip == ("192.0.2.1" if second < 60 else address)

    assert made.key.state(NOON) == ApiKey.State.ACTIVE
