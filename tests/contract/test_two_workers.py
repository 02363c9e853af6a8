"""Several workers on PostgreSQL: what one does holds for all."""

from __future__ import annotations

import os

import httpx
import pytest

from tests import running, sessions

pytestmark = pytest.mark.postgres


def statuses(url: str, token: str, times: int = 40) -> set[int]:
    """The answers to requests on connections of their own, so that every worker gets some."""
    found = set()
    for _ in range(times):
        headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
        found.add(httpx.get(f"{url}/Users", params={"count": 1}, headers=headers).status_code)
    return found


def test_a_token_revoked_in_the_console_is_refused_by_both_workers_on_the_next_request(tmp_path):
    with (
        running.fresh_postgres(os.environ["DATABASE_URL"]) as database_url,
        running.product(tmp_path, database_url=database_url) as product,
    ):
        made = product.command("create_workspace", "Northwind", "--owner", "owner@northwind.example")
        integration = product.command("create_integration", "Hootsuite", "--workspace", made["workspace"])
        token = product.command("generate_token", integration["id"])
        assert len(product.workers()) == 2
        assert statuses(integration["scim_gateway_url"], token["token"]) == {200}

        with sessions.console(product.url, made["sign_in_url"]) as console:
            console.revoke_token(
                made["workspace"], integration["id"], name="Hootsuite", public_id=token["public_id"]
            )

        # 429 comes from whoever insists with a refused token, each worker counting for itself.
        refused = statuses(integration["scim_gateway_url"], token["token"])
        assert 401 in refused
        assert refused <= {401, 429}
