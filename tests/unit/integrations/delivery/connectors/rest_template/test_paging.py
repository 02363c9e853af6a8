"""From page to page."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.delivery.connectors.rest_template import paging
from integrations.delivery.connectors.rest_template.answers import NotUnderstood, Reply
from integrations.delivery.connectors.rest_template.calling import Answered
from integrations.delivery.connectors.rest_template.judging import Said
from integrations.delivery.connectors.rest_template.paging import Turn
from integrations.delivery.connectors.rest_template.recipe import Paging, PagingKind

PAGE = Paging(PagingKind.PAGE, "page", "per_page", size=2)
OFFSET = Paging(PagingKind.OFFSET, "skip", "take", size=2, first=0)
CURSOR = Paging(PagingKind.CURSOR, "after", next=("next",), most_pages=3)
LINK = Paging(PagingKind.LINK)


def answered(document: Any = None, link: str = "") -> Answered:
    reply = Reply(200, {"link": link} if link else {}, document)
    return Answered(Said.YES, reply, "https://app.example.com/api/users?x=1")


@pytest.mark.parametrize(
    ("kind", "turn", "parameters"),
    [
        (PAGE, Turn(), {"page": "1", "per_page": "2"}),
        (PAGE, Turn(4), {"page": "5", "per_page": "2"}),
        (OFFSET, Turn(), {"skip": "0", "take": "2"}),
        (OFFSET, Turn(3, "2.6.x"), {"skip": "6", "take": "2"}),
        (CURSOR, Turn(), {}),
        (CURSOR, Turn(1, "abc"), {"after": "abc"}),
        (LINK, Turn(), {}),
    ],
)
def test_what_is_asked_for(kind, turn, parameters):
    assert paging.parameters(kind, turn) == parameters


@pytest.mark.parametrize(
    ("kind", "answer", "count", "following"),
    [
        (OFFSET, answered(), 0, None),
        (CURSOR, answered({"next": "abc"}), 2, Turn(1, "abc")),
        (CURSOR, answered({"next": 7}), 2, Turn(1, "7")),
        (CURSOR, answered({"next": None}), 2, None),
        (CURSOR, answered({"next": {"x": 1}}), 2, None),
        (CURSOR, answered([]), 2, None),
        (
            LINK,
            answered(link='</api/users?p=2>; rel="next"'),
            2,
            Turn(1, "https://app.example.com/api/users?p=2"),
        ),
        (LINK, answered(link='<https://app.example.com/p>; rel="prev"'), 2, None),
        (LINK, answered(), 2, None),
        (Paging(), answered(), 2, None),
    ],
)
def test_what_comes_next(kind, answer, count, following):
    assert paging.after(kind, Turn(), answer, entries=list(range(count))) == following


def pages_of(kind: Paging, app: list[list[int]]) -> list[list[int]]:
    """What is read of an app that gives these pages."""
    turn: Turn | None = Turn()
    read: list[list[int]] = []
    while turn is not None:
        read.append(app[turn.number])
        turn = paging.after(kind, turn, answered(), entries=read[-1])
    return read


@pytest.mark.parametrize("kind", [PAGE, OFFSET])
@pytest.mark.parametrize(
    "app",
    [
        [[1, 2], [3]],
        [[1, 2], [3, 4], []],
        [[1], [2], []],
        [[1, 2, 3], [4, 5]],
        [[]],
        [[1], [1]],
    ],
    ids=["shorter", "full", "fewer than asked for", "more than asked for", "empty", "the last one for ever"],
)
def test_a_list_by_number_is_read_to_its_end(kind, app):
    assert pages_of(kind, app) == app


def test_the_next_offset_counts_what_the_app_gave():
    turn = paging.after(OFFSET, Turn(), answered(), entries=["a"])
    assert turn is not None

    assert paging.parameters(OFFSET, turn) == {"skip": "1", "take": "2"}
    assert Turn.of(turn.cursor) == turn


def test_a_full_page_that_comes_again_is_no_end():
    with pytest.raises(NotUnderstood, match="the same page again"):
        pages_of(PAGE, [[1, 2], [1, 2]])


def test_a_circle_is_noticed():
    with pytest.raises(NotUnderstood, match="the same page again"):
        paging.after(CURSOR, Turn(1, "abc"), answered({"next": "abc"}), entries=[1, 2])


def test_a_list_ends_somewhere():
    with pytest.raises(NotUnderstood, match="more than 3 pages"):
        paging.after(CURSOR, Turn(2, "abc"), answered({"next": "abd"}), entries=[1, 2])


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/api",
        "http://app.example.com/api",
        "//evil.example",
        "https://[",
        "file:///etc/passwd",
    ],
)
def test_a_link_to_somewhere_else_is_not_followed(target):
    with pytest.raises(NotUnderstood, match="another address"):
        paging.after(LINK, Turn(), answered(link=f"<{target}>; rel=next"), entries=[1, 2])


@pytest.mark.parametrize("turn", [Turn(), Turn(3), Turn(2, "a:b")])
def test_a_cursor_comes_back_as_its_turn(turn):
    assert Turn.of(turn.cursor) == turn


@pytest.mark.parametrize("cursor", ["", "x", ":", "-1:a"])
def test_every_other_cursor_is_the_beginning(cursor):
    assert Turn.of(cursor) == Turn()
