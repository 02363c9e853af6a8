"""Every body and filter of the recorded traffic is understood, or refused as the record says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from scim.core import body, resource
from scim.core.errors import ScimError
from scim.core.filters import parser
from scim.core.patch import engine, request
from scim.core.quirks import detection
from scim.core.quirks.fingerprint import RequestFacts
from scim.core.resource_types import GROUP, USER

FOLDER = Path(__file__).parents[3] / "contract" / "traffic"
FILES = sorted(FOLDER.glob("*.json"))
HELD: dict[str, dict[str, Any]] = {"User": {"userName": "ann"}, "Group": {"displayName": "G"}}


def _steps(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    for flow in recorded["flows"]:
        for number, step in enumerate(flow["steps"]):
            yield f"{path.stem}-{flow['id']}-{number}", step


_STEPS = [pytest.param(step, id=name) for path in FILES for name, step in _steps(path)]


def _refusal(step: dict[str, Any]) -> ScimError | None:
    try:
        _understand(step)
    except ScimError as error:
        return error
    return None


def _understand(step: dict[str, Any]) -> None:
    kind = GROUP if step["path"].startswith("/Groups") else USER
    for text in parse_qs(step["raw_query"]).get("filter", []):
        parser.parse(text, kind)
    if "body" not in step:
        return
    sent = body.parse(json.dumps(step["body"]).encode())
    if step["method"] == "PATCH":
        own_id = step["path"].rpartition("/")[2]
        engine.apply(HELD[kind.name], request.parse(sent, kind), kind, own_id=own_id)
    else:
        resource.read(sent, kind)


def test_traffic_is_there():
    assert len(FILES) == 10


@pytest.mark.parametrize("step", _STEPS)
def test_request_is_understood_or_refused_as_recorded(step: dict[str, Any]):
    expected = step["expect"]

    refusal = _refusal(step)

    if refusal is None:
        # Only the store knows who exists already.
        assert expected.get("scimType") in (None, "uniqueness")
    else:
        assert refusal.status in expected["status"]
        assert expected.get("scimType") in (None, refusal.scim_type)


@pytest.mark.parametrize(
    ("variant", "idp"),
    [
        ("okta-aiw", "okta"),
        ("okta-oin", "okta"),
        ("entra", "entra"),
        ("entra-flag", "entra"),
        ("onelogin", "onelogin"),
        ("google", "google"),
        ("cyberark", "cyberark"),
        ("authentik", "authentik"),
    ],
)
def test_identity_provider_is_recognised_by_its_traffic(variant: str, idp: str):
    recorded = json.loads((FOLDER / f"{variant}.json").read_text(encoding="utf-8"))
    headers = {name.lower(): value for name, value in recorded["common_headers"].items()}
    if variant not in ("entra", "entra-flag"):
        headers.setdefault("user-agent", "client")  # only Entra ID is known to send none
    decisive: str | None = None
    seen: set[str] = set()
    for _, step in _steps(FOLDER / f"{variant}.json"):
        sent = json.dumps(step["body"], separators=(",", ":")) if "body" in step else ""
        facts = RequestFacts(step["method"], step["path"], step["raw_query"], headers, sent)
        sighting = detection.recognise(facts)
        decisive = decisive or sighting.decisive
        seen |= sighting.signals.keys()

    assert detection.verdict(decisive, seen) == idp
