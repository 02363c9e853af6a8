#!/usr/bin/env python3
r"""Connects an app from nothing: integration, webhook, token with its rotation, and the first delivery.

    GATEWAY_URL=https://gateway.example.com GATEWAY_API_KEY=cgk_... \
        python3 rollout.py NAME WEBHOOK_URL

Needs Python 3.11 and nothing else. WEBHOOK_SECRET is the secret that the app verifies with; without it the
gateway makes one. Run again with the same name it makes nothing twice: what makes something has an
Idempotency-Key. The very first person of an integration waits a minute: it could be a connection test.
A receiver on the gateway's own machine is reached when the gateway runs with
OUTBOUND_ALLOWED_NETWORKS=127.0.0.1/32.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from typing import Any

API = os.environ["GATEWAY_URL"].rstrip("/") + "/api/v1/"
KEY = os.environ["GATEWAY_API_KEY"]


def call(method: str, path: str, body: Any = None, *, once: str = "") -> Any:
    """The answer's JSON. What is refused ends the script with the sentence; a full rate is waited for."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    if once:
        headers["Idempotency-Key"] = once
    content = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(API + path, content, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        if error.code == 429:
            time.sleep(int(error.headers["Retry-After"]))
            return call(method, path, body, once=once)
        problem = json.load(error)
        sys.exit(f"{method} {path}: {problem['detail']} ({problem['code']}, {problem['trace_id']})")


def provision(gateway_url: str, token: str) -> None:
    """One person, as an identity provider sends them."""
    person = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ada@northwind.example",
        "displayName": "Ada Lovelace",
    }
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
    request = urllib.request.Request(f"{gateway_url}/Users", json.dumps(person).encode(), headers)
    try:
        urllib.request.urlopen(request, timeout=30).close()
    except urllib.error.HTTPError as error:
        if error.code != 409:  # 409: she is there already, from a run before
            sys.exit(f"POST {gateway_url}/Users: {json.load(error)['detail']} ({error.code})")


def main(name: str, webhook_url: str) -> None:
    made = call("POST", "integrations/", {"name": name}, once=f"make {name}".replace(" ", "-"))
    here = f"integrations/{made['id']}/"

    connector: dict[str, Any] = {"kind": "webhook", "settings": {"url": webhook_url}}
    if "WEBHOOK_SECRET" in os.environ:
        connector["secrets"] = {"signing_secret": os.environ["WEBHOOK_SECRET"]}
    for kept, secret in call("PUT", f"{here}connector/", connector)["made_secrets"].items():
        print(kept, secret)
    findings = call("POST", f"{here}connector/test/")
    if not findings["ok"]:
        sys.exit("\n".join(each["words"] for each in findings["findings"]))
    call("POST", f"{here}delivery/start/")

    first = call("POST", f"{here}tokens/", {"label": "rollout"}, once=f"token-{made['id']}")
    provision(made["scim_gateway_url"], first["token"])
    second = call("POST", f"{here}tokens/rotate/", {"overlap_minutes": 60}, once=f"rotate-{made['id']}")
    print(
        "token",
        second["token"],
        "the old one works until",
        call("GET", f"{here}tokens/")["results"][0]["ends_at"],
    )

    for _ in range(120):
        found = call("GET", f"{here}deliveries/?limit=1")["results"]
        if found and found[0]["status"] == "delivered":
            delivery = call("GET", f"{here}deliveries/{found[0]['id']}/")
            print("delivered", delivery["label"], delivery["proof"]["words"])
            return
        time.sleep(1)
    sys.exit("Nothing was delivered within two minutes. Look at the integration's Deliveries.")


if __name__ == "__main__":
    main(*sys.argv[1:3])
