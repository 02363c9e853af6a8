"""What was set aside, described so that it can be kept."""

from __future__ import annotations

import pytest

from integrations.traffic.entries import SetAside
from scim.endpoints import set_aside

OWN = "urn:acme:2.0:User"


@pytest.mark.parametrize(
    ("names", "body", "described"),
    [
        pytest.param(["colour"], {"colour": "red"}, [SetAside("colour", "string")], id="text"),
        pytest.param(["vip"], {"vip": True}, [SetAside("vip", "boolean")], id="a boolean is no number"),
        pytest.param(["floor"], {"floor": 3}, [SetAside("floor", "integer")], id="a whole number"),
        pytest.param(["rate"], {"rate": 0.5}, [SetAside("rate", "decimal")], id="a number"),
        pytest.param(["teams"], {"teams": ["a"]}, [SetAside("teams", "string", many=True)], id="a list"),
        pytest.param(["teams"], {"teams": []}, [SetAside("teams", "", many=True)], id="an empty list"),
        pytest.param(["colour"], {"colour": None}, [SetAside("colour")], id="null"),
        pytest.param(["desk"], {"desk": {"row": 1}}, [SetAside("desk")], id="an object"),
        pytest.param(["name.nick"], {"name": {"nick": "x"}}, [SetAside("name.nick")], id="a part"),
        pytest.param(
            [OWN],
            {OWN: {"badge": "7", "floor": 3}},
            [SetAside(f"{OWN}:badge", "string"), SetAside(f"{OWN}:floor", "integer")],
            id="a whole extension",
        ),
        pytest.param(
            [f"{OWN}:badge"], {OWN: {"badge": "7"}}, [SetAside(f"{OWN}:badge", "string")], id="of a known one"
        ),
        pytest.param(
            ["colour"],
            {"Operations": ["odd", {"op": "add", "value": {"colour": "red"}}]},
            [SetAside("colour", "string")],
            id="a PATCH without a path",
        ),
        pytest.param(["colour", "colour"], {"colour": "red"}, [SetAside("colour", "string")], id="twice"),
        pytest.param(["gone"], None, [SetAside("gone")], id="no body"),
    ],
)
def test_an_attribute_is_described_by_what_was_sent(names, body, described):
    assert list(set_aside.described(names, body)) == described


def test_a_hostile_body_does_not_fill_the_list():
    body = {OWN: {f"a{number}": "x" for number in range(500)}}

    assert len(set_aside.described([OWN], body)) == set_aside.MOST
