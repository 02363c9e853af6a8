"""Filters as text: precedence, forms, limits and refusals."""

from __future__ import annotations

import pytest

from scim.core.errors import InvalidFilter
from scim.core.filters import lexer, parser
from scim.core.filters.printer import to_text
from scim.core.filters.tree import And, Comparison, Node, Operator
from scim.core.resource_types import GROUP, USER

MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('userName eq "x"', 'userName eq "x"'),
        ('USERNAME Eq "X"', 'userName eq "X"'),
        ("title PR", "title pr"),
        ('  userName   eq"x" ', 'userName eq "x"'),
        (r'userName eq "a\"b\\é"', r'userName eq "a\"b\\\u00e9"'),
        ("active eq true", "active eq true"),
        ('active eq "True"', "active eq true"),
        ("active ne FALSE", "active ne false"),
        ("nickName eq null", "not (nickName pr)"),
        ("nickName ne null", "nickName pr"),
        ('meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta.lastModified gt "2011-05-13T04:42:34Z"'),
        ('manager eq "1"', f'{MANAGER} eq "1"'),
        ('emails co "@a"', 'emails.value co "@a"'),
        ("emails pr", "emails pr"),
        ('schemas eq "urn:x"', 'schemas eq "urn:x"'),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', 'userName sw "J"'),
        ('emails[type eq "work" and value co "@a"]', 'emails[type eq "work" and value co "@a"]'),
        ('emails[type eq "work"].value eq "a"', 'emails[type eq "work" and value eq "a"]'),
        ('emails[type eq "work"].value ne "a"', 'not (emails[type eq "work" and value eq "a"])'),
        ('emails[type eq "work"].value eq null', 'not (emails[type eq "work" and value pr])'),
        ('emails[type eq "a" or type eq "b"].value pr', 'emails[(type eq "a" or type eq "b") and value pr]'),
        ('roles[primary eq "True"].value eq "a"', 'roles[primary eq true and value eq "a"]'),
    ],
)
def test_filter_is_read_as_meant(text: str, canonical: str):
    node = parser.parse(text, USER)

    assert to_text(node) == canonical


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("{a} or {b} and {c}", "{a} or ({b} and {c})"),
        ("{a} and {b} or {c}", "({a} and {b}) or {c}"),
        ("not ({a}) and {b}", "(not ({a})) and {b}"),
        ("not({a} or {b}) AND {c} Or {a}", "((not ({a} or {b})) and {c}) or {a}"),
    ],
)
def test_not_binds_before_and_before_or(text: str, grouped: str):
    terms = {"a": 'userName eq "a"', "b": "title pr", "c": "active eq true"}

    assert parser.parse(text.format(**terms), USER) == parser.parse(grouped.format(**terms), USER)


def test_grouping_changes_the_tree():
    terms = {"a": "title pr", "b": "nickName pr", "c": "userType pr"}
    plain = parser.parse("{a} or {b} and {c}".format(**terms), USER)
    grouped = parser.parse("({a} or {b}) and {c}".format(**terms), USER)

    assert plain != grouped
    assert isinstance(grouped, And)


def test_nodes_carry_the_resolved_attribute():
    node: Node = parser.parse('NAME.familyname CO "x"', USER)

    assert isinstance(node, Comparison)
    assert node.operator is Operator.CO
    assert [step.name for step in node.path.steps] == ["name", "familyName"]
    assert node.path.top is USER.find("name")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at character 1"),
        ("userName", "operator behind userName"),
        ("userName eq", "Expected a value at character 12"),
        ("userName eq bob", 'found "bob"'),
        ('userName is "x"', '"is" at character 10 is not an operator'),
        ('userName eq "x', "no closing quote"),
        ("userName eq 'x'", "Character 13"),
        (r'userName eq "\x"', "not a JSON string"),
        (r'userName eq "\u0000"', "not a JSON string"),
        (r'userName eq "\ud800"', "not a JSON string"),
        ('userName eq "x" xor title pr', 'found "xor"'),
        ('userName eq "x" and', "name of an attribute"),
        ('userName eq "x")', 'Expected "and", "or" or the end'),
        ('(userName eq "x"', 'Expected ")"'),
        ('not userName eq "x"', '"not" is followed by "("'),
        ('nosuch eq "x"', '"nosuch" is not an attribute of User, at character 1'),
        ('emails[nosuch eq "x"]', '"nosuch" is not a part of emails, at character 8'),
        ('emails[type eq "x"', 'Expected "]"'),
        ('emails[type eq "x"].nosuch eq "y"', "not a part of emails"),
        ('userName[type eq "x"]', "has no parts"),
        ('emails[type[value eq "x"]]', "inside another"),
        ('name eq "x"', "is complex"),
        ('addresses co "x"', "addresses.formatted"),
        ("userName gt 5", "a number"),
        ("userName eq true", "a boolean"),
        ('active eq "maybe"', '"maybe"'),
        ("active gt true", '"gt" at character 8'),
        ('active co "t"', '"co"'),
        ('x509Certificates gt "a"', '"gt"'),
        ('meta.created eq "yesterday"', "a date and time"),
        ('meta.created eq "2026-01-31"', "a date and time"),
        ('meta.created co "2026"', '"co"'),
        ("userName gt null", '"eq" and "ne" only'),
        ('password eq "x"', "never returned"),
        ("password pr", "never returned"),
        ("userName eq 1e999", "2^63"),
        ("userName eq 99999999999999999999", "2^63"),
        ("userName eq 01", "not understood"),
        ("\x00", "not understood"),
        ("💥 eq 1", "not understood"),
    ],
)
def test_filter_is_refused_with_place_and_sentence(text: str, words: str):
    with pytest.raises(InvalidFilter) as refusal:
        parser.parse(text, USER)

    assert words in f"{refusal.value.detail} {refusal.value.remedy}"


@pytest.mark.parametrize(
    ("within", "beyond", "words"),
    [
        (" or ".join(["title pr"] * 100), " or ".join(["title pr"] * 101), "100 terms"),
        ("(" * 64 + "title pr" + ")" * 64, "(" * 65 + "title pr" + ")" * 65, "64 levels"),
        (
            "not (" * 63 + 'emails[type eq "x"]' + ")" * 63,
            "not (" * 64 + 'emails[type eq "x"]' + ")" * 64,
            "64 levels",
        ),
        (
            'title eq "' + "x" * (lexer.MAX_CHARACTERS - 11) + '"',
            'title eq "' + "x" * (lexer.MAX_CHARACTERS - 10) + '"',
            "4096 are the limit",
        ),
    ],
    ids=["terms", "groups", "negations", "characters"],
)
def test_limits_hold_at_their_figure(within: str, beyond: str, words: str):
    parser.parse(within, USER)

    with pytest.raises(InvalidFilter, match=words):
        parser.parse(beyond, USER)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [('members eq "1"', 'members.value eq "1"'), ('displayName eq "A"', 'displayName eq "A"')],
)
def test_group_filter_is_read(text: str, canonical: str):
    assert to_text(parser.parse(text, GROUP)) == canonical
