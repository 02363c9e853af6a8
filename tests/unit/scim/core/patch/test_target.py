"""Paths of PATCH operations."""

from __future__ import annotations

import pytest

from scim.core.filters import parser
from scim.core.patch import target
from scim.core.resource_types import USER


@pytest.mark.parametrize(
    ("text", "path", "part"),
    [
        ("title", "title", None),
        ("name.givenName", "name.givenName", None),
        ("emails", "emails", None),
        ("emails.value", "emails", "value"),
        ('emails[type eq "work"]', "emails", None),
        ('Emails[Type EQ "work"].Value', "emails", "value"),
        ('urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq "]"].value', "emails", "value"),
    ],
)
def test_path_is_split_at_the_list(text: str, path: str, part: str | None):
    found = target.parse(text, USER)

    assert (str(found.path), found.part and found.part.name) == (path, part)
    assert (found.filter is not None) == ("[" in text)
    assert target.parse(str(found), USER) == found


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ('type eq "work"', {"type": "work"}),
        ('type eq "work" and primary eq true', {"type": "work", "primary": True}),
        ('type eq "work" or type eq "home"', None),
        ('type ne "work"', None),
        ('type eq "work" and value pr', None),
        ('not (type eq "work")', None),
    ],
)
def test_simple_filter_describes_a_value(text: str, described: dict[str, object] | None):
    _, node, _ = parser.parse_selection(f"emails[{text}]", USER)

    assert target.implied(node) == described
