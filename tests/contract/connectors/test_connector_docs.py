"""docs/connectors: the table is held against the code, and the connector of a third party is run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.utils import timezone

from integrations.delivery import registry
from integrations.delivery.connector import Capability, Connector
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery
from integrations.delivery.turns import worker
from tests import factories, targets
from tests.contract.connectors import orders
from tests.db import console

FOLDER = Path(__file__).resolve().parents[3] / "docs/connectors"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (?:\[([^]]+)\]\([a-z_]+\.md\)|([^|]+)) \| `(\w+)` \| (\w+) \| ([a-z_, ]+) \|$", re.MULTILINE
)


def block(language: str) -> str:
    """The first block of code on the page in this language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def rota(tmp_path: Path, monkeypatch) -> Iterator[type[Connector]]:
    """The package of the page, as an installer lays it down."""
    project = tomllib.loads(block("toml"))["project"]
    (points,) = project["entry-points"].items()
    module = next(iter(points[1].values())).partition(":")[0]
    (tmp_path / f"{module}.py").write_text(block("python"), encoding="utf-8")
    info = tmp_path / f"{module}-{project['version']}.dist-info"
    info.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    lines = [f"[{points[0]}]", *(f"{name} = {path}" for name, path in points[1].items())]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    forget()
    yield registry.get("rota")
    sys.modules.pop(module, None)
    monkeypatch.undo()
    forget()


def forget() -> None:
    """The registry reads what is installed once in a process."""
    registry.get.cache_clear()
    registry._theirs.cache_clear()


@pytest.mark.parametrize("kind", registry.OURS)
def test_the_table_says_what_the_connector_can(kind):
    connector = registry.get(kind)
    rows = {row[2]: row for row in ROW.findall(PAGE)}

    can = ", ".join(one.value for one in Capability if one in connector.capabilities)
    expected = f"| {connector.title} | `{kind}` | {connector.mode.value} | {can} |"

    assert kind in rows, f"docs/connectors/README.md lacks the row {expected}"
    linked, plain, _kind, mode, said = rows[kind]
    assert f"| {linked or plain} | `{kind}` | {mode} | {said} |" == expected


def test_the_table_names_no_other_connector():
    assert {row[2] for row in ROW.findall(PAGE)} <= set(registry.OURS)


@pytest.mark.parametrize("kind", registry.OURS)
def test_a_page_of_a_connector_is_linked(kind):
    assert not (FOLDER / f"{kind}.md").exists() or f"({kind}.md)" in PAGE


def test_the_connector_of_the_page_has_forty_lines():
    assert len([line for line in block("python").splitlines() if line.strip()]) <= 40


def test_a_package_of_somebody_else_carries_a_delivery(rota, integration, settings, time_machine):
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    assert "rota" in registry.kinds()
    with targets.serving(targets.answering(targets.answer(b"{}"))) as app:
        values, secrets = {"url": app.url}, {"api_key": "s3cr3t-key"}
        connecting.change(integration, "rota", values, secrets=secrets, by=factories.OPERATOR)
        assert [one.ok for one in connecting.test(integration, by=factories.OPERATOR)] == [True]
        connecting.go_live(integration, by=factories.OPERATOR)
        time_machine.move_to(timezone.now(), tick=False)
        ada = console.provider(integration).person("ada")
        time_machine.shift(61)

        worker.drain(integration.pk)

    head, _blank, body = app.requests[-1].partition(b"\r\n\r\n")
    assert head.startswith(f"PUT /people/{ada} ".encode())
    assert b"s3cr3t-key" in head
    assert (json.loads(body)["email"], json.loads(body)["active"]) == ("ada@northwind.example", True)
    delivery = Delivery.objects.for_integration(integration).get()
    assert (delivery.status, delivery.proof["words"]) == (Delivery.Status.DELIVERED, "Rota has it.")
    assert "s3cr3t-key" not in str(delivery.tries.get().exchanges)


def test_without_its_package_the_connector_is_not_there():
    with pytest.raises(registry.UnknownKindError):
        registry.get("rota")


def test_the_script_of_the_page_answers_as_it_says(tmp_path):
    page = (FOLDER / "script.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    told = {"intent": "create", "person": {"user_name": orders.person().user_name}}
    assert code

    ran = subprocess.run(
        [sys.executable, "-c", code[1]], input=json.dumps(told), capture_output=True, text=True, check=True
    )

    assert json.loads(ran.stdout)["outcome"] == "done"
