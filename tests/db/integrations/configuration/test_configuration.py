"""A workspace's configuration as a file: out, into another workspace, and back over what has changed."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrations import catalog
from integrations.audit.models import AuditEntry
from integrations.configuration import document, exporting, importing
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppConnection
from integrations.kit.errors import Refused
from integrations.models import GatewayToken, Integration, Workspace
from tests import factories

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXTRA = [
    {
        "id": "urn:example:params:scim:acme:2.0:User",
        "attributes": [{"name": "badge", "type": "string", "multiValued": False, "description": ""}],
    }
]


@pytest.fixture
def full(workspace: Workspace) -> Workspace:
    """Integrations with everything that can be set."""
    miro = factories.make_integration(workspace, "Miro", idp="okta", rehire="refuse")
    catalog.set_extra_schemas(miro, EXTRA, by=factories.OPERATOR)
    miro.refresh_from_db()
    connecting.change(
        miro,
        "webhook",
        {"url": "https://miro.example/hook"},
        secrets={"signing_secret": SECRET},
        by=factories.OPERATOR,
    )
    rules = [{"group": "Editors", "value": "editor", "name": "editor"}]
    meaning = {
        "roles": rules,
        "on_delete": "delete",
        "brake_people": 9,
        "attributes": {"mail": "emails.work"},
    }
    connecting.set_meaning(miro, meaning, by=factories.OPERATOR)
    connecting.go_live(miro, by=factories.OPERATOR)
    old = factories.make_integration(workspace, "Old app")
    catalog.archive(old, by=factories.OPERATOR)
    factories.make_token(miro)
    return workspace


def apply(workspace: Workspace, content: str | bytes, *, overwrite: bool = False) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    differs = importing.apply(workspace, raw, overwrite=overwrite, by=factories.OPERATOR)
    return differs, differs.secrets_to_set()


def without_ids(text: str) -> list[Any]:
    items = json.loads(text)["integrations"]
    for item in items:
        del item["id"], item["digest"]
        item["connector"].pop("secrets")
    return items


def test_out_and_into_an_empty_workspace_gives_the_same_again(full):
    text = exporting.text(full)
    empty = factories.make_workspace("Fabrikam")

    _differs, missing = apply(empty, text)

    assert without_ids(exporting.text(empty)) == without_ids(text)
    assert missing == [("Miro", "signing_secret")]
    made = Integration.objects.for_workspace(empty)
    # Nothing is delivered, and nobody gets in, by a file.
    assert {one.mode for one in made} == {"observing"}
    assert not GatewayToken.objects.filter(integration__in=made).exists()
    assert exporting.text(full) == text


def test_no_secret_leaves(full):
    text = exporting.text(full)

    assert SECRET not in text
    assert "signing_secret" in text
    assert not any(part in text for part in (SECRET[6:], "cgw_"))


def test_the_same_file_twice_changes_nothing_and_audits_nothing(full):
    before = AuditEntry.objects.count()

    differs, missing = apply(full, exporting.text(full))

    assert (differs.lines(), missing) == ([], [])
    assert AuditEntry.objects.count() == before


def test_what_is_edited_in_the_file_is_shown_and_set_and_a_secret_stays(full):
    text = exporting.text(full).replace("https://miro.example/hook", "https://miro.example/v2")
    text = text.replace('"rehire": "refuse"', '"rehire": "reactivate"').replace(
        '"brake_people": 9', '"brake_people": 1'
    )

    differs, missing = apply(full, text)

    told = "\n".join(differs.lines())
    assert 'Miro, rehire: "refuse" → "reactivate"' in told
    assert "Miro, brake_people: 9 → 1" in told
    assert "https://miro.example/v2" in told
    connection = AppConnection.objects.get(integration__name="Miro")
    assert connection.secrets["signing_secret"] == SECRET
    assert connection.settings["url"] == "https://miro.example/v2"
    assert missing == []


def test_a_workspace_that_has_moved_on_is_overwritten_only_when_that_is_said(full):
    text = exporting.text(full).replace('"brake_people": 9', '"brake_people": 1')
    miro = Integration.objects.for_workspace(full).get(name="Miro")
    connecting.set_meaning(miro, {"brake_people": 100}, by=factories.OPERATOR)

    with pytest.raises(Refused) as refused:
        apply(full, text)
    assert refused.value.message.startswith("Changed here since the file was written, in the console or by ")
    assert ": Miro. --overwrite" in refused.value.message
    assert AppConnection.objects.get(integration=miro).brake_people == 100

    differs, _missing = apply(full, text, overwrite=True)
    assert "changed here since the file was written: Miro" in differs.lines()
    assert AppConnection.objects.get(integration=miro).brake_people == 1


def test_all_or_nothing(full):
    found = json.loads(exporting.text(full))
    found["integrations"][0]["name"] = "Miro 2"
    found["integrations"][1]["sign_in_url"] = "javascript:alert(1)"

    with pytest.raises(Refused) as refused:
        apply(full, json.dumps(found))

    assert refused.value.message.startswith("Old app, sign_in_url: ")
    assert not Integration.objects.for_workspace(full).filter(name="Miro 2").exists()


def test_what_is_not_in_the_file_is_left_alone_and_named(full):
    found = json.loads(exporting.text(full))
    del found["integrations"][1]

    differs, _missing = apply(full, json.dumps(found))

    assert differs.lines() == ["left alone: Old app"]


def test_ids_of_another_workspace_are_nobody_here(full):
    theirs = factories.make_integration(factories.make_workspace("Fabrikam"), "Theirs")
    found = json.loads(exporting.text(full))
    found["integrations"][0] |= {"id": str(theirs.pk), "name": "Mine", "digest": ""}

    apply(full, json.dumps(found))

    theirs.refresh_from_db()
    assert theirs.name == "Theirs"
    assert Integration.objects.for_workspace(full).filter(name="Mine").exists()


def with_first(**values: Any) -> Any:
    def edit(found: Any) -> Any:
        found["integrations"][0] |= values
        return found

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda found: found | {"format": 2}, "format 2; this version reads up to 1"),
        (lambda found: found | {"product": "other"}, "no configuration that export_config wrote"),
        (lambda found: found | {"extra": 1}, "the whole file: "),
        (with_first(colour="red"), "integrations[0]: "),
        (with_first(rehire="never"), "integrations[0].rehire: 'never' is not one of"),
        (with_first(width="4"), "integrations[0].width: '4' is not of type 'integer'"),
        (with_first(name="a\0b"), "integrations[0].name: "),
        (with_first(extra_attributes=[{"id": "nonsense"}]), "Miro, extra_attributes: "),
        (
            with_first(connector={"kind": "pigeon", "settings": {}, "secrets": []}),
            "Miro, connector.kind: There is no connector of this kind here.",
        ),
        (
            with_first(connector={"kind": "webhook", "settings": {"url": "ftp://x"}, "secrets": []}),
            "Miro, connector.settings.url: ",
        ),
    ],
)
def test_a_file_at_fault_is_refused_with_the_place_and_nothing_is_written(full, edit, said):
    before = exporting.text(full)
    text = json.dumps(edit(json.loads(before)))

    with pytest.raises(Refused) as refused:
        apply(full, text, overwrite=True)

    assert said in refused.value.message
    assert exporting.text(full) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"format": 1, "product": "cerby-gat', "not whole JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"format": 1, "format": 1}', "gives “format” twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "no configuration"),
        (b" " * (document.LARGEST_BYTES + 1), "more than 16777216 bytes"),
    ],
    ids=["half", "bytes", "twice", "deep", "list", "large"],
)
def test_what_is_no_whole_file_is_refused(workspace, content, said):
    with pytest.raises(Refused, match=said):
        apply(workspace, content)


def test_a_name_that_several_have_is_refused(full):
    found = json.loads(exporting.text(full))
    for _ in range(2):
        factories.make_integration(full, "Twin")
    found["integrations"] = [found["integrations"][0] | {"id": str(factories.form_key()), "name": "Twin"}]

    with pytest.raises(Refused, match="2 integrations here are called “Twin”"):
        apply(full, json.dumps(found))


def test_the_commands(full, tmp_path):
    file = tmp_path / "northwind.json"
    out = StringIO()
    call_command("export_config", full.slug, str(file), stdout=out)
    assert file.read_text() == exporting.text(full)

    file.write_text(file.read_text().replace('"brake_people": 9', '"brake_people": 1'))
    out = StringIO()
    call_command("import_config", full.slug, str(file), "--dry-run", stdout=out)
    assert "Miro, brake_people: 9 → 1" in out.getvalue()
    assert out.getvalue().endswith("Nothing was changed.\n")
    assert AppConnection.objects.get(integration__name="Miro").brake_people == 9

    out = StringIO()
    call_command("import_config", full.slug, str(file), "--json", stdout=out)
    assert json.loads(out.getvalue())["applied"] is True
    assert AppConnection.objects.get(integration__name="Miro").brake_people == 1

    out = StringIO()
    call_command("export_config", full.slug, stdout=out)
    assert out.getvalue() == exporting.text(full)
    with pytest.raises(CommandError, match="There is no workspace nowhere"):
        call_command("export_config", "nowhere")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_config", full.slug, str(tmp_path / "none.json"))
