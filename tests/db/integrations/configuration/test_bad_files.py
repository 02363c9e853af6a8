"""Files edited badly, or meant badly: each is refused with the place, and nothing is written."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrations.audit.models import AuditEntry
from integrations.configuration import exporting, judging
from integrations.delivery import registry
from integrations.delivery.errands import connecting
from integrations.delivery.queue import engine
from integrations.kit.errors import Refused
from integrations.models import Integration
from tests import factories
from tests.db.integrations.configuration import files
from tests.db.integrations.configuration.files import connector

URN = "urn:acme:x:2.0:User"


def nested(depth: int) -> Any:
    found: Any = ""
    for _ in range(depth):
        found = {"a": found}
    return found


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"width": float("nan")}, "integrations[0].width: This is no number"),
        ({"width": float("-inf")}, "integrations[0].width: This is no number"),
        ({"default_role": "\ud800"}, "integrations[0].default_role: It has a character"),
        ({"attributes": {"a\0b": "title"}}, "integrations[0].attributes: It has a character"),
        (
            {"connector": connector("manual", instructions="\udfff")},
            "integrations[0].connector.settings.instructions: It has a character",
        ),
        ({"connector": connector("manual", instructions=nested(900))}, "It is nested too deeply"),
        (
            {"extra_attributes": [{"id": URN, "attributes": [{"name": "a", "colour": 1}]}]},
            "integrations[0].extra_attributes[0].attributes[0]: ",
        ),
        ({"extra_attributes": [{"id": URN, "colour": 1}]}, "integrations[0].extra_attributes[0]: "),
        ({"attributes": {"mail": "not a path!!"}}, "Miro, attributes.mail: This is no attribute."),
        (
            {"roles": [{"group": "A", "value": "x"}, {"group": "a", "value": "x"}]},
            "Miro, roles.1: This stands in another row already.",
        ),
        (
            {"connector": connector("manual", instrutions="typo")},
            "Miro, connector.settings.instrutions: The connector has no such setting.",
        ),
        (
            {"connector": connector("manual", instructions=["a", {"b": 1}])},
            "Miro, connector.settings.instructions: Here stands a text.",
        ),
        (
            {"connector": connector("scim_push", base_url="https://a.example", sign_in=["bearer"])},
            "Miro, connector.settings.sign_in: Here stands one of the choices.",
        ),
        (
            {"connector": connector("scim_push", base_url="https://a.example", clears="no")},
            "Miro, connector.settings.clears: Here stands true or false.",
        ),
        ({"connector": connector("")| {"settings": {"a": 1}}}, "Miro, connector.settings: "),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_or_is_not_known_is_refused_with_its_place(workspace, values, said):
    integration = factories.make_integration(workspace, "Miro")
    before = exporting.text(workspace)

    with pytest.raises(Refused) as refused:
        files.apply(workspace, files.one(integration, **values))

    assert said in refused.value.message
    refused.value.message.encode()
    assert exporting.text(workspace) == before


@pytest.mark.parametrize("number", ["9" * 5_000, "1e999", "-" + "9" * 30])
def test_numbers_of_any_length(integration, number):
    raw = json.dumps(files.one(integration)).replace('"width": 4', f'"width": {number}').encode()

    with pytest.raises(Refused, match=r"integrations\[0\].width: This is no number"):
        files.apply(integration.workspace, raw)


def test_a_byte_order_mark_is_read(integration):
    raw = b"\xef\xbb\xbf" + json.dumps(files.one(integration)).encode()

    assert files.apply(integration.workspace, raw).lines() == []


@pytest.mark.parametrize(
    "said",
    [
        connector("scim_push", base_url="https://a.example", token="hush-hush"),
        connector("manual") | {"secrets": {"token": "hush-hush"}},
        connector("manual") | {"secrets": ["hush-hush" * 20]},
    ],
)
def test_a_secret_in_a_file_is_refused_and_not_repeated(integration, said):
    with pytest.raises(Refused, match="secret") as refused:
        files.apply(integration.workspace, files.one(integration, connector=said))

    assert "hush" not in refused.value.message


@pytest.mark.parametrize("kind", list(registry.OURS))
def test_no_connector_takes_an_import_for_want_of_a_secret(integration, kind):
    form = registry.get(kind).settings_form
    odd: list[Any] = [["a"], {"a": 1}, 7, True]
    for name in form.base_fields:
        for value in odd:
            found = files.one(integration, connector={**connector(kind), "settings": {name: value}})
            try:
                files.apply(integration.workspace, found)
            except Refused as refused:
                place = refused.message.split(": ")[0].rsplit(".", 1)[-1]
                assert place not in form.secret_fields or name == place


def test_without_a_judge_nothing_is_taken(integration, monkeypatch):
    monkeypatch.setattr(judging, "_judges", [])
    found = files.one(integration, extra_attributes=[{"id": URN, "attributes": [{"name": "a"}]}])

    with pytest.raises(LookupError, match="No judge"):
        files.apply(integration.workspace, found)


class TestDryRun:
    @pytest.fixture
    def run(self, workspace, tmp_path):
        def run(found: Any, *words: str) -> str:
            file, out = tmp_path / "file.json", StringIO()
            file.write_text(json.dumps(found))
            call_command("import_config", workspace.slug, str(file), *words, stdout=out)
            return out.getvalue()

        return run

    @pytest.mark.parametrize(
        "values",
        [
            {"sign_in_url": "javascript:x"},
            {"connector": connector("pigeon")},
            {"connector": connector("webhook", url="ftp://x")},
            {"extra_attributes": [{"id": "nonsense"}]},
        ],
    )
    def test_it_refuses_what_an_import_would(self, integration, run, values):
        found = files.one(integration, **values)
        said = []
        for words in (["--dry-run"], []):
            with pytest.raises(CommandError) as error:
                run(found, *words)
            said.append(str(error.value))

        assert said[0] == said[1]

    def test_it_tells_the_secrets_to_set_and_does_nothing(
        self, integration, run, monkeypatch, django_capture_on_commit_callbacks
    ):
        woken: list[Any] = []
        monkeypatch.setattr(engine, "wake", lambda *given, **_named: woken.append(given))
        found = files.one(integration, connector=connector("webhook", url="https://a.example"))
        new = {**found["integrations"][0], "name": "Second"}
        del new["id"]
        found["integrations"].append(new)
        before, audited = exporting.text(integration.workspace), AuditEntry.objects.count()

        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            answer = json.loads(run(found, "--dry-run", "--json"))

        assert answer["applied"] is False
        assert len(answer["secrets_to_set"]) == 2
        assert "new: Second" in answer["differences"]
        assert (exporting.text(integration.workspace), AuditEntry.objects.count()) == (before, audited)
        assert (callbacks, woken) == ([], [])
        assert json.loads(run(found, "--json"))["secrets_to_set"] == answer["secrets_to_set"]

    def test_what_has_moved_on_is_shown_before_it_is_refused(self, integration, run, capsys):
        found = json.loads(exporting.text(integration.workspace))
        found["integrations"][0]["brake_people"] = 1
        connecting.set_meaning(integration, {"width": 2}, by=factories.OPERATOR)

        for words in (["--dry-run"], []):
            with pytest.raises(CommandError, match="Changed here since"):
                run(found, *words)
            assert f"{integration.name}, brake_people: 5 → 1" in capsys.readouterr().err

        assert "brake_people: 5 → 1" in run(found, "--dry-run", "--overwrite")
        assert Integration.objects.get().connection.brake_people == 5
