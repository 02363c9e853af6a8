"""The SCIM errors and their bodies."""

from __future__ import annotations

import pytest

from scim.core import errors
from scim.core.errors import ScimError


def _all(kind: type[ScimError]) -> list[type[ScimError]]:
    return [kind, *(found for sub in kind.__subclasses__() for found in _all(sub))]


@pytest.mark.parametrize(
    ("kind", "status", "scim_type"),
    [
        (errors.InvalidFilter, 400, "invalidFilter"),
        (errors.TooMany, 400, "tooMany"),
        (errors.Uniqueness, 409, "uniqueness"),
        (errors.Mutability, 400, "mutability"),
        (errors.InvalidSyntax, 400, "invalidSyntax"),
        (errors.InvalidPath, 400, "invalidPath"),
        (errors.NoTarget, 400, "noTarget"),
        (errors.InvalidValue, 400, "invalidValue"),
        (errors.InvalidVersion, 400, "invalidVers"),
        (errors.Sensitive, 403, "sensitive"),
        (errors.Unauthorized, 401, None),
        (errors.Forbidden, 403, None),
        (errors.NotFound, 404, None),
        (errors.Conflict, 409, None),
        (errors.PreconditionFailed, 412, None),
        (errors.PayloadTooLarge, 413, None),
        (errors.TooManyRequests, 429, None),
        (errors.NotImplementedByServer, 501, None),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_error_carries_its_status_and_type(kind: type[ScimError], status: int, scim_type: str | None):
    body = kind("Something is wrong.").to_dict()

    assert (kind.status, body["status"], body.get("scimType")) == (status, str(status), scim_type)


def test_a_wrong_method_names_those_that_are_right():
    fault = errors.MethodNotAllowed("PUT", ["POST", "GET"])

    assert fault.allowed == "GET, POST"
    assert fault.to_dict()["detail"] == "PUT is not possible here. Use GET, POST."


def test_body_joins_detail_and_remedy():
    body = errors.InvalidValue("userName is blank.", remedy="Map it.").to_dict()

    assert body == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "400",
        "scimType": "invalidValue",
        "detail": "userName is blank. Map it.",
    }


@pytest.mark.parametrize("kind", _all(ScimError)[1:])
def test_every_error_names_its_source(kind: type[ScimError]):
    assert "RFC " in (kind.__doc__ or "")
