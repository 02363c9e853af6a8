"""Gateway tokens: what they open, for how long, and what is kept of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from integrations import token_proof, tokens
from integrations.audit.models import AuditEntry
from integrations.kit import token_text
from integrations.kit.errors import Refused
from integrations.models import GatewayToken
from tests import factories

State = GatewayToken.State
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def works(issued, integration, at=None) -> bool:
    with time_machine.travel(at or datetime.now(UTC), tick=False):
        try:
            verified = tokens.verify(f"Bearer {issued.text}", integration.pk)
        except tokens.TokenRefused:
            return False
    return verified.integration == integration


def use(issued, at) -> None:
    with time_machine.travel(at, tick=False):
        tokens.note_first_use(issued.token, at)


@pytest.fixture
def rotated(integration, owner):
    """An old token and the new one that replaces it, with an overlap of an hour from noon."""
    with time_machine.travel(NOON, tick=False):
        old = factories.make_token(integration)
        new = tokens.rotate(integration, by=owner, overlap=HOUR)
    return old, new


def refusal(header: str, integration) -> str:
    with pytest.raises(tokens.TokenRefused) as caught:
        tokens.verify(header, integration.pk)
    return caught.value.cause


def test_a_token_opens_its_own_integration_alone(integration, issued, workspace):
    other = factories.make_integration(workspace, "Mailchimp")

    assert works(issued, integration)
    assert refusal(f"Bearer {issued.text}", other) == "other_integration"


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("Bearer {}", ""),
        ("bearer {}", ""),
        ("BEARER   {}  ", ""),
        ("{}", "missing"),
        ("Bearer Bearer {}", "doubled"),
    ],
)
def test_usual_ways_to_paste_a_token_work_and_faults_are_noted(integration, issued, header, fault):
    verified = tokens.verify(header.format(issued.text), integration.pk)

    assert verified.scheme_fault == fault


@pytest.mark.parametrize(
    ("header", "cause"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("Bearer wrong", "malformed"),
        ("Basic dXNlcjpwYXNz", "malformed"),
        ("Bearer " * 3 + "{}", "malformed"),
        ("Bearer {}x", "malformed"),
        ("Bearer " + "a" * 300, "malformed"),
    ],
)
def test_what_is_no_token_is_refused_by_its_form(integration, issued, header, cause):
    assert refusal(header.format(issued.text), integration) == cause


def test_an_unknown_token_and_a_wrong_secret_are_told_apart_in_the_console_only(integration, issued):
    stranger = token_text.mint("cgw")
    forged = token_text.TokenText("cgw", issued.token.public_id, stranger.secret)

    assert refusal(f"Bearer {stranger}", integration) == "unknown"
    assert refusal(f"Bearer {forged}", integration) == "wrong_secret"


def test_a_stranger_never_reaches_bcrypt(integration, issued, monkeypatch):
    forged = token_text.TokenText("cgw", issued.token.public_id, token_text.mint("cgw").secret)
    monkeypatch.setattr("bcrypt.checkpw", lambda *_: pytest.fail("bcrypt was asked"))

    refusal(f"Bearer {forged}", integration)


def test_bcrypt_is_asked_once_and_every_request_reads_the_row(
    integration, issued, monkeypatch, django_assert_num_queries
):
    assert works(issued, integration)
    monkeypatch.setattr("bcrypt.checkpw", lambda *_: pytest.fail("bcrypt was asked again"))

    with django_assert_num_queries(1):
        assert works(issued, integration)


def test_a_changed_hash_is_proved_anew(integration, issued):
    assert works(issued, integration)
    other_hash, _tag = token_proof.seal(token_text.mint("cgw"))
    GatewayToken.objects.for_integration(integration).update(token_hash=other_hash)

    assert not works(issued, integration)


def test_the_secret_is_nowhere_in_the_row(issued):
    text = token_text.parse(issued.text, "cgw")
    assert text is not None
    secret = text.secret
    row = GatewayToken.objects.values().get(pk=issued.token.pk)

    assert row["token_hash"].startswith("$2b$")
    assert not any(secret[:8] in str(value) for value in row.values())
    assert secret not in repr(issued)


def test_a_token_expires(integration, owner):
    with time_machine.travel(NOON, tick=False):
        issued = tokens.issue(integration, by=owner, terms=tokens.Terms(life=timedelta(days=90)))

    assert works(issued, integration, NOON + timedelta(days=89))
    assert not works(issued, integration, NOON + timedelta(days=90))
    assert issued.token.state(NOON + timedelta(days=91)) == State.EXPIRED


def test_a_token_may_be_without_expiry(integration, owner):
    issued = tokens.issue(integration, by=owner, terms=tokens.Terms(life=None))

    assert works(issued, integration, NOON + timedelta(days=20_000))


def test_a_second_first_token_is_refused(integration, owner, issued):
    with pytest.raises(Refused) as caught:
        tokens.issue(integration, by=owner)

    assert caught.value.code == "token_exists"


def test_old_token_works_until_overlap_ends(integration, rotated):
    old, new = rotated
    use(new, NOON + 55 * MINUTE)

    assert works(old, integration, NOON + 59 * MINUTE)
    assert not works(old, integration, NOON + 60 * MINUTE)
    assert works(new, integration, NOON + 60 * MINUTE)


def test_old_token_ends_ten_minutes_after_the_new_one_is_first_used(integration, rotated):
    old, new = rotated
    use(new, NOON + 5 * MINUTE)
    use(new, NOON + 14 * MINUTE)

    assert works(old, integration, NOON + 14 * MINUTE)
    assert not works(old, integration, NOON + 15 * MINUTE)


def test_an_overlap_that_ends_unused_is_extended_once_with_an_alarm(integration, rotated):
    old, _new = rotated
    old.token.refresh_from_db()

    assert not old.token.is_overdue(NOON + 59 * MINUTE)
    assert old.token.is_overdue(NOON + 61 * MINUTE)
    assert works(old, integration, NOON + 119 * MINUTE)
    assert not works(old, integration, NOON + 120 * MINUTE)


def test_a_first_use_during_the_extension_ends_the_old_token_ten_minutes_later(integration, rotated):
    old, new = rotated
    use(new, NOON + 90 * MINUTE)

    assert works(old, integration, NOON + 99 * MINUTE)
    assert not works(old, integration, NOON + 100 * MINUTE)


def test_revoking_the_new_token_gives_the_old_one_its_expiry_back(integration, owner, rotated):
    old, new = rotated
    with time_machine.travel(NOON + 30 * MINUTE, tick=False):
        tokens.revoke(new.token, by=owner)

    assert works(old, integration, NOON + timedelta(days=300))
    assert not works(new, integration, NOON + 31 * MINUTE)


def test_revoking_the_new_token_after_the_old_one_ended_brings_nothing_back(integration, owner, rotated):
    old, new = rotated
    use(new, NOON + 5 * MINUTE)
    with time_machine.travel(NOON + 30 * MINUTE, tick=False):
        tokens.revoke(new.token, by=owner)

    assert not works(old, integration, NOON + 31 * MINUTE)


def test_without_overlap_the_old_token_is_revoked_and_stays_so(integration, owner, issued):
    new = tokens.rotate(integration, by=owner, overlap=timedelta(0))

    assert not works(issued, integration)
    tokens.revoke(new.token, by=owner)
    assert not works(issued, integration)


def test_with_two_live_tokens_another_is_refused(integration, owner, rotated):
    with time_machine.travel(NOON + MINUTE, tick=False), pytest.raises(Refused) as caught:
        tokens.rotate(integration, by=owner, overlap=HOUR)

    assert caught.value.code == "two_tokens"


def test_rotating_without_a_live_token_is_refused(integration, owner):
    with pytest.raises(Refused) as caught:
        tokens.rotate(integration, by=owner, overlap=HOUR)

    assert caught.value.code == "no_token"


def test_an_overlap_of_more_than_a_day_is_refused(integration, owner, issued):
    with pytest.raises(Refused) as caught:
        tokens.rotate(integration, by=owner, overlap=timedelta(hours=25))

    assert caught.value.field == "overlap"


def test_revoking_works_on_the_next_request(integration, owner, issued):
    assert works(issued, integration)

    tokens.revoke(issued.token, by=owner)

    assert refusal(f"Bearer {issued.text}", integration) == "revoked"


def test_the_same_form_sent_twice_makes_one_token(integration, owner):
    terms = tokens.Terms(form_key=factories.form_key())
    first = tokens.issue(integration, by=owner, terms=terms)
    tokens.revoke(first.token, by=owner)

    with pytest.raises(Refused) as caught:
        tokens.issue(integration, by=owner, terms=terms)

    assert caught.value.code == "form_used"


def test_states_are_told_as_people_see_them(integration, owner, rotated):
    old, new = rotated
    old.token.refresh_from_db()

    assert old.token.state(NOON + MINUTE) == State.RETIRING
    assert new.token.state(NOON + MINUTE) == State.UNUSED
    use(new, NOON + MINUTE)
    new.token.refresh_from_db()
    assert new.token.state(NOON + 2 * MINUTE) == State.ACTIVE


def test_each_step_is_in_the_audit(integration, owner, issued):
    new = tokens.rotate(integration, by=owner, overlap=HOUR)
    tokens.revoke(new.token, by=owner)

    entries = AuditEntry.objects.for_workspace(integration.workspace).filter(target_kind="gatewaytoken")
    assert list(entries.order_by("pk").values_list("action", "actor_label")) == [
        ("token.generated", "Command line"),
        ("token.rotated", owner.user.email),
        ("token.revoked", owner.user.email),
    ]
    assert not any(new.text in str(entry) for entry in entries.values())


def test_a_cyclic_provider_is_offered_two_of_its_cycles_first():
    assert tokens.overlaps("entra")[0] == timedelta(minutes=80)
    assert tokens.overlaps("okta")[0] == HOUR
