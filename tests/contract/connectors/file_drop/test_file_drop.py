"""Files: what stands in them, how often they are written, and what the app answers."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import timedelta

import pytest

from integrations.delivery.connector import Accepted, Done, Failed, Intent, PermanentError, Verdict
from integrations.delivery.connectors.file_drop.connector import FileDrop
from integrations.delivery.errands import carrying
from tests.contract.connectors import orders
from tests.contract.connectors.file_drop.drops import FOLDER, carry, data_files, is_already, rows, using

# What stands in a file


def test_a_change_becomes_a_file_with_its_receipt(way):
    folder, settings = way
    order = orders.order(Intent.UPDATE)

    outcome = carry(settings, order)

    (path,) = data_files(folder)
    assert path.name.endswith(f"_0000000007_{order.key}.csv")
    assert path.read_bytes().endswith(b"\r\n")
    (row,) = rows(path)
    assert (row["id"], row["action"], row["active"], row["roles"]) == ("id-ada", "update", "true", "editor")
    receipt = json.loads((folder / f"{path.name}.receipt.json").read_text())
    assert (receipt["rows"], receipt["bytes"]) == (1, path.stat().st_size)
    assert receipt["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert isinstance(outcome, Done)
    assert (outcome.proof.seen, outcome.ref) == (receipt, "id-ada")


def test_the_same_key_has_one_effect_wherever_the_app_has_taken_the_file(way):
    folder, settings = way
    order = orders.order()
    carry(settings, order)
    (path,) = data_files(folder)
    path.unlink()

    outcome = carry(settings, order)

    assert isinstance(outcome, Done)
    assert outcome.already
    assert data_files(folder) == []


def test_a_file_whose_receipt_was_never_written_gets_it(way):
    folder, settings = way
    order = orders.order()
    carry(settings, order)
    (path,) = data_files(folder)
    (folder / f"{path.name}.receipt.json").unlink()

    assert is_already(carry(settings, order))

    assert json.loads((folder / f"{path.name}.receipt.json").read_text())["rows"] == 1


def test_json_lines_keep_the_kinds_of_values(drop):
    settings = {**FOLDER, "format": "jsonl", "columns": "id, active, roles, nothing"}

    carry(settings, orders.order(Intent.DEACTIVATE))

    (path,) = data_files(drop)
    assert path.suffix == ".jsonl"
    assert json.loads(path.read_text()) == {
        "id": "id-ada",
        "active": False,
        "roles": ["editor"],
        "nothing": None,
    }


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_cannot_become_a_formula(drop, first):
    who = orders.person(attributes={"title": f'{first}HYPERLINK("http://evil.example","x")'})

    carry({**FOLDER, "columns": "id, title"}, orders.order(who=who))

    (path,) = data_files(drop)
    assert rows(path)[0]["title"] == f'\'{first}HYPERLINK("http://evil.example","x")'


def test_commas_quotes_lines_and_other_scripts_come_through(drop):
    who = orders.person(attributes={"title": 'a,"b"\r\nc;Łódź 東京', "both": ["x|y", "z\\"]})

    carry({**FOLDER, "columns": "title,both"}, orders.order(who=who))

    (path,) = data_files(drop)
    assert rows(path) == [{"title": 'a,"b"\r\nc;Łódź 東京', "both": r"x\|y|z\\"}]


def test_an_edited_delivery_says_what_the_admin_wrote(drop):
    carry({**FOLDER, "columns": "id,title"}, orders.order(override={"title": "Dr"}))

    assert rows(data_files(drop)[0])[0]["title"] == "Dr"


def test_a_plan_writes_nothing(drop):
    order = orders.order()

    steps = using({**FOLDER, "app_answers": True}, lambda connector: connector.plan(order))

    assert order.key in str(steps[0].words)
    assert "action: create" in steps[0].detail
    assert [step.effect for step in steps] == [True, False]
    assert list(drop.iterdir()) == []


# Everybody in one file


def test_everybody_stands_in_one_file_which_follows_each_change(way):
    folder, settings = way
    full = {**settings, "content": "full", "columns": "id,active"}
    ada, bob, eve = (orders.person(name) for name in ("ada", "bob", "eve"))
    for who in (ada, bob, eve):
        carry(full, orders.order(who=who))

    carry(full, orders.order(Intent.DEACTIVATE, ada))
    carry(full, orders.order(Intent.DELETE, bob))

    assert [path.name for path in data_files(folder)] == ["people.csv"]
    assert rows(folder / "people.csv") == [
        {"id": "id-ada", "active": "false"},
        {"id": "id-eve", "active": "true"},
    ]
    assert json.loads((folder / "people.csv.receipt.json").read_text())["rows"] == 2


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_what_the_app_has_taken_is_in_the_next_file_again(drop, format_):
    full = {**FOLDER, "content": "full", "format": format_, "name": "staff"}
    carry(full, orders.order(who=orders.person("ada", attributes={"title": "=1+1"})))
    (drop / f"staff.{format_}").unlink()

    carry(full, orders.order(who=orders.person("bob")))
    carry(full, orders.order(who=orders.person("eve")))

    text = (drop / f"staff.{format_}").read_text()
    assert [text.count(f"id-{name}") for name in ("ada", "bob", "eve")] == [1, 1, 1]
    assert "''=" not in text


def test_a_state_that_the_app_has_been_given_is_not_given_again(drop):
    full = {**FOLDER, "content": "full"}
    order = orders.order()
    carry(full, order)
    (drop / "people.csv").unlink()

    assert is_already(carry(full, order))

    assert not (drop / "people.csv").exists()


def test_who_was_never_there_does_not_leave(drop):
    full = {**FOLDER, "content": "full"}

    outcomes = [carry(full, orders.order(intent)) for intent in (Intent.DELETE, Intent.DEACTIVATE)]

    assert all(isinstance(one, Done) and one.already for one in outcomes)
    assert list(drop.iterdir()) == []


def test_several_at_once_lose_nobody(way):
    folder, settings = way
    full = {**settings, "content": "full"}
    names = [f"p{number}" for number in range(8)]
    threads = [
        threading.Thread(target=carry, args=[full, orders.order(who=orders.person(name))]) for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {row["id"] for row in rows(folder / "people.csv")} == {f"id-{name}" for name in names}


def test_a_file_that_somebody_spoilt_is_left_alone_and_holds_the_lane(drop):
    (drop / "people.csv").write_bytes(b'id,active\r\n"x')

    connector = FileDrop(orders.context({**FOLDER, "content": "full"}))
    outcome = connector.carry(orders.order())
    findings = connector.test()
    connector.close()

    assert isinstance(outcome, Failed)
    assert not findings[0].ok
    assert (drop / "people.csv").read_bytes() == b'id,active\r\n"x'


# The app's answer


def test_a_change_has_arrived_when_the_app_says_so(way):
    folder, settings = way
    answers, order = {**settings, "app_answers": True, "answer_minutes": 2}, orders.order()
    outcome = carry(answers, order)
    (path,) = data_files(folder)
    answer = folder / f"{path.name}.answer.json"

    waiting = using(answers, lambda connector: connector.verify(order))
    answer.write_text('{"status": "don')
    half = using(answers, lambda connector: connector.verify(order))
    answer.write_text('{"status": "done", "reason": ""}')
    done = using(answers, lambda connector: connector.verify(order))

    assert isinstance(outcome, Accepted)
    assert outcome.check_after == timedelta(minutes=2)
    assert (waiting.verdict, half.verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    assert (done.verdict, done.ref, done.seen["rows"]) == (Verdict.MATCH, "id-ada", 1)
    assert is_already(carry(answers, order))


def test_an_app_that_says_no_is_heard_and_asked_anew_after_it_was_mended(way):
    folder, settings = way
    answers, order = {**settings, "app_answers": True}, orders.order()
    carry(answers, order)
    (path,) = data_files(folder)
    (folder / f"{path.name}.answer.json").write_text('{"status": "failed", "reason": "No seat is free."}')

    with pytest.raises(PermanentError, match="No seat is free"):
        using(answers, lambda connector: connector.verify(order))
    path.unlink()
    again = carry(answers, order)

    assert isinstance(again, Accepted)
    assert data_files(folder) == [path]
    assert not (folder / f"{path.name}.answer.json").exists()


def test_a_late_no_ends_the_delivery(drop):
    answers, order = {**FOLDER, "app_answers": True}, orders.order()
    carry(answers, order)
    (path,) = data_files(drop)
    (drop / f"{path.name}.answer.json").write_text('{"status": "failed", "reason": "No seat is free."}')
    equipment = carrying.Equipment(FileDrop, answers, {}, "i-1", "App", orders.WORKSPACE, lambda _key: "")

    outcome = carrying.carry(order, equipment, confirms=True).outcome

    assert isinstance(outcome, Failed)
    assert "No seat is free." in outcome.reason
