"""Apps that have SCIM, each a server on this machine: scim2-server, and a second Cerby Gateway."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests import running

Json = dict[str, Any]
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass(frozen=True)
class ScimApp:
    """An app as its own admin sees it: read and changed past the gateway."""

    url: str
    token: str

    def ask(self, method: str, path: str, body: Json | None = None, **query: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"}
        return httpx.request(
            method, f"{self.url}{path}", headers=headers, params=query or None,
            content=json.dumps(body) if body is not None else None,
        )  # fmt: skip

    def everything(self, path: str) -> list[Json]:
        return self.ask("GET", path, count="1000").json().get("Resources", [])

    def people(self) -> dict[str, bool]:
        """User names, each with whether the account is active."""
        return {one["userName"]: one.get("active", True) for one in self.everything("/Users")}

    def account(self, user_name: str) -> Json:
        return next(one for one in self.everything("/Users") if one["userName"] == user_name)

    def groups(self) -> dict[str, set[str]]:
        """Names of groups, each with the user names of its members."""
        names = {one["id"]: one["userName"] for one in self.everything("/Users")}
        return {
            one["displayName"]: {names.get(member["value"], "?") for member in one.get("members", [])}
            for one in self.everything("/Groups")
        }

    def empty(self) -> None:
        for path in ("/Groups", "/Users"):
            for one in self.everything(path):
                self.ask("DELETE", f"{path}/{one['id']}")

    def has(self, user_name: str, **more: Any) -> str:
        """Somebody has made an account by hand; its id."""
        answer = self.ask("POST", "/Users", {"schemas": [USER], "userName": user_name, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def has_group(self, name: str, *members: str, **more: Any) -> str:
        body = {
            "schemas": [GROUP],
            "displayName": name,
            "members": [{"value": one} for one in members],
            **more,
        }
        answer = self.ask("POST", "/Groups", body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


@contextlib.contextmanager
def scim2_server(folder: Path, *, patches: bool = True, searches: bool = True) -> Iterator[ScimApp]:
    """The reference server of the scim2 project, in a process of its own."""
    config = folder / "service.json"
    config.write_text(
        json.dumps(
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
                "patch": {"supported": patches},
                "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
                "filter": {"supported": searches, "maxResults": 1000},
                "changePassword": {"supported": False},
                "sort": {"supported": True},
                "etag": {"supported": True},
            }
        )
    )
    port = running.free_port()
    words = ["--port", str(port), "--bearer-token", "sesame", "--service-provider-config", str(config)]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "scim2_server.testserver.cli", *words], stdout=log, stderr=log
        )
        try:
            app = ScimApp(f"http://127.0.0.1:{port}/v2", "sesame")
            _wait(app)
            yield app
        finally:
            process.terminate()
            process.wait(timeout=10)


@contextlib.contextmanager
def gateway(folder: Path) -> Iterator[ScimApp]:
    """A second Cerby Gateway, whose integration is the app."""
    with running.product(folder, TOKEN_RATE_LIMIT="0") as product:
        made = product.command("create_workspace", "App", "--owner", "owner@app.example")
        integration = product.command("create_integration", "App", "--workspace", made["workspace"])
        token = product.command("generate_token", integration["id"])["token"]
        yield ScimApp(integration["scim_gateway_url"].rstrip("/"), token)


def _wait(app: ScimApp) -> None:
    for _ in range(100):
        with contextlib.suppress(httpx.TransportError):
            if app.ask("GET", "/Users").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("scim2-server does not answer")
