"""What a search asks for, by query and by body."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core import paths, search
from scim.core.errors import BadRequest, InvalidCount, InvalidSyntax
from scim.core.search import LARGEST_PAGE, SEARCH_SCHEMA, Search


def body(**words: Any) -> dict[str, Any]:
    return {"schemas": [SEARCH_SCHEMA], **words}


def test_nothing_is_the_first_hundred_of_all():
    assert search.from_query({}) == search.from_body(body()) == Search()
    assert (Search().start, Search().count, Search().cursor) == (1, 100, None)


def test_every_word_is_read_alike_from_both():
    words = {
        "filter": "id pr",
        "sortBy": "userName",
        "sortOrder": "descending",
        "cursor": "",
        "attributes": "userName,title",
        "excludedAttributes": "emails",
    }
    expected = Search(
        filter="id pr",
        sort_by="userName",
        sort_order="descending",
        start=3,
        count=7,
        cursor="",
        attributes=("userName", "title"),
        excluded=("emails",),
    )

    assert search.from_query({**words, "startIndex": "3", "count": "7"}) == expected
    assert search.from_body(body(**words, startIndex=3, count=7)) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 100),
        (" 7 ", 7),
        ("+7", 7),
        ("007", 7),
        ("0", 0),
        ("-1", 0),
        ("-" + "9" * 40, 0),
        (str(LARGEST_PAGE), LARGEST_PAGE),
        (str(LARGEST_PAGE + 1), LARGEST_PAGE),
        ("9" * 4_000, LARGEST_PAGE),
    ],
)
def test_a_count_is_brought_into_its_bounds(text, count):
    assert search.from_query({"count": text}).count == count


@pytest.mark.parametrize(
    ("text", "start"), [("", 1), ("0", 1), ("-5", 1), ("12", 12), ("9" * 40, 10**18 - 1)]
)
def test_a_start_is_brought_into_its_bounds(text, start):
    assert search.from_query({"startIndex": text}).start == start


@pytest.mark.parametrize("text", ["x", "1.0", "1e2", "²", "٣", "1 2", "--1", "0x10", "NaN", "\x00"])
@pytest.mark.parametrize("name", ["count", "startIndex"])
def test_what_is_no_number_is_refused_by_name(text, name):
    with pytest.raises(BadRequest, match=name) as refused:
        search.from_query({name: text})

    assert refused.value.scim_type is None


def test_a_wrong_count_of_a_page_by_cursor_has_a_type_of_its_own():
    with pytest.raises(InvalidCount):
        search.from_query({"cursor": "", "count": "x"})


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ("", ()),
        (" , ,", ()),
        ("userName", ("userName",)),
        (" userName ,title,", ("userName", "title")),
        (["userName", " title ", "", 7, None], ("userName", "title")),
        ([f"a{number}" for number in range(500)], tuple(f"a{number}" for number in range(search.MOST_NAMES))),
        (["x" * 100_000, "id"], ("x" * (paths.LONGEST_NAME + 1), "id")),
    ],
)
def test_names_of_attributes(sent, names):
    assert search.from_body(body(attributes=sent)).attributes == names


@pytest.mark.parametrize("schemas", [None, [], SEARCH_SCHEMA, [SEARCH_SCHEMA.upper()], {SEARCH_SCHEMA: 1}, 7])
def test_a_body_without_the_schema_is_no_search(schemas):
    with pytest.raises(InvalidSyntax) as refused:
        search.from_body({"schemas": schemas})

    assert SEARCH_SCHEMA in refused.value.remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("filter", 1),
        ("sortBy", []),
        ("sortOrder", {}),
        ("cursor", 0),
        ("startIndex", "1"),
        ("startIndex", True),
        ("count", 1.0),
        ("count", False),
        ("attributes", {}),
        ("excludedAttributes", 1),
    ],
)
def test_a_word_of_another_kind_is_refused_by_name(name, value):
    with pytest.raises(InvalidSyntax, match=name):
        search.from_body(body(**{name: value}))


def test_words_of_a_query_are_read_in_any_case():
    found = search.from_query({"Filter": 'userName eq "ada"', "startindex": "3", "COUNT": "2"})

    assert (found.filter, found.start, found.count) == ('userName eq "ada"', 3, 2)


@pytest.mark.parametrize("name", ["Filter", "FILTER", "filter"])
def test_words_of_a_body_are_read_in_any_case(name):
    assert search.from_body({"Schemas": [SEARCH_SCHEMA], name: "id pr"}).filter == "id pr"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"filters": "id pr"}, "Write filter"),
        ({"sort_by": "id"}, "Write sortBy"),
        ({"start-index": 2}, "Write startIndex"),
        ({"attribute": "id"}, "Write attributes"),
        ({"filter": "id pr", "Filter": "id pr"}, "given twice"),
    ],
)
def test_a_word_that_is_not_quite_right_is_refused(words, said):
    with pytest.raises(InvalidSyntax) as refused:
        search.from_body(body(**words))

    assert said in refused.value.detail + refused.value.remedy


def test_a_word_of_something_else_is_left_out():
    assert search.from_body(body(**{"domain": "x", "urn:x:y": {}})) == Search()


def test_null_is_left_out():
    assert search.from_body(body(**dict.fromkeys(["filter", "count", "cursor", "attributes"]))) == Search()


def test_the_scope_of_a_cursor_is_what_decides_the_list_and_its_order():
    plain = Search(filter="a", sort_by="b", sort_order="c")

    assert plain.scope == Search(filter="a", sort_by="b", sort_order="c", count=7, cursor="x").scope
    others = [Search(filter="ab"), Search(filter="a", sort_by="b"), Search(filter="a", sort_by="bc")]
    assert len({plain.scope, *(one.scope for one in others)}) == 4
