"""Forms with large files, as a running product takes them, and refuses them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests import running, sessions
from tests.sessions import Console

MIB = 1024 * 1024
TASK = re.compile(r'href="(/w/[^"/]+/tasks/[0-9a-f-]{36}/)"')


@dataclass(frozen=True)
class Hands:
    """Somebody at the console, and the addresses of two tasks that wait for them."""

    console: Console
    first: str
    second: str

    def finish(self, task: str, *sizes: int) -> httpx.Response:
        """Sends the task's form with a note and a picture of each size."""
        csrf = sessions.found(sessions.CSRF, self.console.http.get(task).text)
        pictures = [picture(size) for size in sizes]
        return self.console.http.post(
            task,
            data={"csrfmiddlewaretoken": csrf, "note": "Kept words."},
            files=[("proof", (f"{number}.png", each, "image/png")) for number, each in enumerate(pictures)],
        )


def picture(size: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n".ljust(size, b"x")


@pytest.fixture(scope="module")
def hands(tmp_path_factory) -> Iterator[Hands]:
    with running.product(tmp_path_factory.mktemp("forms")) as product:
        made = product.command("create_workspace", "Northwind", "--owner", "owner@northwind.example")
        slug = made["workspace"]
        integration = product.command("create_integration", "Hootsuite", "--workspace", slug)
        token = product.command("generate_token", integration["id"])["token"]
        key = product.command("create_api_key", slug, "--label", "set-up", "--role", "super_admin")["api_key"]
        people, here = f"{integration['scim_gateway_url']}/Users", f"{product.url}/api/v1/integrations"
        for method, address, word, body in (
            ("POST", people, token, {"userName": "ada@northwind.example"}),
            ("POST", people, token, {"userName": "ben@northwind.example"}),
            ("PUT", f"{here}/{integration['id']}/connector/", key, {"kind": "manual", "settings": {}}),
            # Whoever is there when it begins is looked at no longer than that.
            ("POST", f"{here}/{integration['id']}/delivery/start/", key, {}),
        ):
            headers = {"Authorization": f"Bearer {word}"}
            httpx.request(method, address, headers=headers, json=body, timeout=30).raise_for_status()
        with sessions.console(product.url, made["sign_in_url"]) as console:
            first, second = waiting(console, f"{product.url}/w/{slug}/tasks/")
            yield Hands(console, product.url + first, product.url + second)


def waiting(console: Console, page: str) -> set[str]:
    deadline = time.monotonic() + 60
    while len(found := set(TASK.findall(console.http.get(page).text))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


def test_a_file_that_is_too_large_is_told_at_its_field_with_the_note_kept(hands):
    answer = hands.finish(hands.first, 30 * MIB)

    assert answer.status_code == 422
    assert "A file may have at most 5 MiB. This one is larger: 0.png." in answer.text
    assert "Kept words." in answer.text


def test_a_form_that_is_too_large_as_a_whole_is_refused_with_a_sentence(hands):
    answer = hands.finish(hands.first, 40 * MIB)

    assert answer.status_code == 413
    assert "This form is too large" in answer.text
    assert "A form takes at most 32 MiB, its files included." in answer.text


def test_as_many_files_as_a_task_takes_finish_it(hands):
    answer = hands.finish(hands.second, *[4_500_000] * 5)

    assert answer.status_code == 200
    assert "Done: " in answer.text
