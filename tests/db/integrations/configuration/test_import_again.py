"""A file that is kept: edited, imported, edited and imported again."""

from __future__ import annotations

import io
import json
import sys
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrations.configuration import exporting
from integrations.delivery.errands import connecting
from integrations.models import Integration
from tests import factories

BY = factories.OPERATOR


@pytest.fixture
def file(integration: Integration, tmp_path: Path) -> Path:
    """An export of two integrations, formatted by somebody."""
    factories.make_integration(integration.workspace, "Miro")
    path = tmp_path / "northwind.json"
    found = json.loads(exporting.text(integration.workspace))
    path.write_bytes(json.dumps(found, indent="\t").replace("\n", "\r\n").encode())
    return path


def edit(file: Path, people: int) -> None:
    """Another limit of the safety brake for the first integration."""
    text = file.read_bytes().decode()
    before = json.loads(text)["integrations"][0]["brake_people"]
    file.write_bytes(text.replace(f'"brake_people": {before}', f'"brake_people": {people}', 1).encode())


def do(integration: Integration, file: Path | str, *words: str) -> str:
    out = StringIO()
    call_command(
        "import_config", integration.workspace.slug, str(file), *words, stdout=out, stderr=StringIO()
    )
    return out.getvalue()


def test_a_file_is_edited_and_imported_again_and_again(integration, file):
    for people in (1, 2, 3):
        edit(file, people)

        told = do(integration, file)

        assert f"The digests in {file} are renewed" in told
        assert connecting.of(integration).brake_people == people


def test_nothing_of_the_file_is_renewed_but_the_digest_of_what_differed(integration, file):
    edit(file, 1)
    before = file.read_bytes().split(b"\r\n")
    file.chmod(0o640)

    do(integration, file)

    after = file.read_bytes().split(b"\r\n")
    exported = json.loads(exporting.text(integration.workspace))
    assert json.loads(file.read_bytes()) == exported
    (changed,) = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed.strip() == f'"digest": "{exported["integrations"][0]["digest"]}",'.encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(file.parent.iterdir()) == [file]


def test_what_is_changed_in_the_console_after_an_import_is_not_overwritten(integration, file):
    edit(file, 1)
    do(integration, file)
    connecting.set_meaning(integration, {"brake_people": 9}, by=BY)
    edit(file, 2)

    with pytest.raises(CommandError, match="Changed here since the file was written"):
        do(integration, file)

    assert connecting.of(integration).brake_people == 9
    assert "are renewed" in do(integration, file, "--overwrite")


def test_another_copy_of_the_file_is_refused_once_one_was_imported(integration, file):
    other = file.with_name("other.json")
    other.write_bytes(file.read_bytes())
    for number, copy in enumerate((file, other), 1):
        edit(copy, number)
    do(integration, file)

    with pytest.raises(CommandError, match="by another copy of it"):
        do(integration, other)


def test_one_that_was_copied_in_the_file_is_edited_again_too(integration, file):
    found = json.loads(file.read_bytes())
    copied = {**found["integrations"][0], "name": "Copied"}
    del copied["id"]
    found["integrations"].insert(0, copied)
    file.write_text(json.dumps(found, indent=2))

    for people in (1, 2):
        edit(file, people)
        do(integration, file)

    made = Integration.objects.for_workspace(integration.workspace).get(name="Copied")
    assert connecting.of(made).brake_people == 2
    assert connecting.of(integration).brake_people == 5


def test_a_dry_run_leaves_the_file(integration, file):
    edit(file, 1)
    before = file.read_bytes()

    told = do(integration, file, "--dry-run")

    assert "digests" not in told
    assert file.read_bytes() == before


def test_a_file_of_another_workspace_keeps_its_digests(integration, file):
    before = file.read_bytes()
    elsewhere = factories.make_integration(factories.make_workspace("Fabrikam"), "Theirs")

    assert "digests" not in do(elsewhere, file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("how", ["standard input", "edited meanwhile"])
def test_where_the_file_cannot_be_renewed_that_is_told_and_the_import_stands(
    integration, file, monkeypatch, how
):
    edit(file, 1)
    content, name = file.read_bytes(), str(file)
    if how == "standard input":
        name = "-"
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    else:
        leave_edited(file, monkeypatch)

    told: dict[str, Any] = json.loads(do(integration, name, "--json"))

    assert (told["applied"], told["digests"]) == (True, "stale")
    assert connecting.of(integration).brake_people == 1
    assert json.loads(file.read_bytes())["integrations"][0]["brake_people"] in {1, 7}
    assert list(file.parent.iterdir()) == [file]


def leave_edited(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves the file once more while it is imported."""
    values = exporting.values

    def meanwhile(one: Integration) -> Any:
        edit(file, 7)
        return values(one)

    monkeypatch.setattr(exporting, "values", meanwhile)
