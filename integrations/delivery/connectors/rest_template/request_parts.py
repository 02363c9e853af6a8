"""The requests of a recipe, read out of their objects."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from integrations.delivery.connector import Kind
from integrations.delivery.connectors.rest_template import templates
from integrations.delivery.connectors.rest_template.parts import Part
from integrations.delivery.connectors.rest_template.recipe import (
    Condition,
    ErrorRule,
    Paging,
    PagingKind,
    Request,
)
from integrations.delivery.connectors.rest_template.templates import Template

METHODS = {method: method for method in ("GET", "POST", "PUT", "PATCH", "DELETE")}
KINDS: Mapping[str, Kind] = {kind.value: kind for kind in Kind}
USUAL = ("method", "path", "query", "headers", "success", "errors")
OF_EFFECT = (*USUAL, "body", "form", "omit_empty", "already", "not_found", "item")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._~!$&'()*+,;=:@%-]*")


def effect(part: Part, name: str, *, method: str) -> Request:
    """A request that changes something; `method` where it names none."""
    known = names_for(name)
    part.only(*OF_EFFECT)
    return Request(
        name=name,
        method=part.choice("method", METHODS, method),
        path=_path(part, known),
        query=part.part("query").templates(known),
        headers=part.part("headers").headers(known),
        body=part.body(known, omits_empty=part.flag("omit_empty")),
        success=part.statuses("success"),
        already=_conditions(part, "already"),
        not_found=_conditions(part, "not_found") or (Condition(frozenset({404})),),
        errors=errors(part),
        item=part.pointer("item"),
    )


def read(part: Part, name: str, known: frozenset[str], *more: str) -> Request:
    """A request that only reads; `more` are the names that its object may have besides."""
    part.only(*USUAL, "not_found", *more)
    return Request(
        name=name,
        # Some apps search by POST.
        method=part.choice("method", {one: one for one in ("GET", "POST")}, "GET"),
        path=_path(part, known),
        query=part.part("query").templates(known),
        headers=part.part("headers").headers(known),
        body=part.body(known, omits_empty=False),
        success=part.statuses("success"),
        not_found=_conditions(part, "not_found") or (Condition(frozenset({404})),),
        errors=errors(part),
        item=part.pointer("item"),
        items=part.pointer("items"),
        paging=_paging(part),
    )


def errors(part: Part) -> tuple[ErrorRule, ...]:
    return tuple(_error(one) for one in part.parts("errors"))


def _error(part: Part) -> ErrorRule:
    part.only("when", "kind", "reason", "reason_at", "fix")
    part.need("when")
    part.need("kind")
    return ErrorRule(
        when=_condition(part.part("when")),
        kind=part.choice("kind", KINDS, Kind.UNKNOWN.value),
        reason=part.text("reason"),
        reason_at=part.pointer("reason_at") if "reason_at" in part else None,
        fix=part.text("fix"),
    )


def _conditions(part: Part, name: str) -> tuple[Condition, ...]:
    """A status, or a list of statuses and conditions."""
    value = part.value.get(name, [])
    entries = value if isinstance(value, list) else [value]
    inner = Part({name: [one for one in entries if not isinstance(one, dict)]}, part.place, part.problems)
    statuses = inner.statuses(name)
    place = (*part.place, name)
    more = [
        _condition(Part(one, (*place, number) if isinstance(value, list) else place, part.problems))
        for number, one in enumerate(entries)
        if isinstance(one, dict)
    ]
    return (*([Condition(statuses)] if statuses else []), *more)


def _condition(part: Part) -> Condition:
    part.only("status", "at", "is")
    if "status" not in part and "at" not in part:
        part.complain("", _("A condition needs a status, or a place in the answer."))
    if "is" in part and "at" not in part:
        part.complain("is", _("“at” says where in the answer this value lies."))
    return Condition(
        statuses=part.statuses("status"),
        at=part.pointer("at") if "at" in part else None,
        values=part.values("is") if "is" in part else None,
    )


def _path(part: Part, known: frozenset[str]) -> Template:
    if not part.need("path"):
        return Template(())
    path = part.template("path", known)
    plain = [one for one in path.parts if isinstance(one, str)]
    if not plain or not plain[0].startswith("/") or plain[0].startswith("//"):
        if path.parts:
            part.complain("path", _("A path begins with one /, and goes on from the base URL."))
    elif not all(_PLAIN_PATH.fullmatch(one) for one in plain):
        part.complain("path", _("A path holds no blanks, ? or #. Parameters belong into “query”."))
    elif {".", ".."} & set("".join(plain).split("/")):
        part.complain("path", _("A path holds no step . or .. ."))
    return path


def _paging(part: Part) -> Paging:
    if "paging" not in part:
        return Paging()
    given = part.part("paging")
    given.only("kind", "parameter", "size_parameter", "size", "first", "next", "most_pages")
    kind = given.choice("kind", {one.value: one for one in PagingKind}, "none")
    if kind in {PagingKind.PAGE, PagingKind.OFFSET, PagingKind.CURSOR}:
        given.need("parameter")
    if kind is PagingKind.CURSOR:
        given.need("next")
    return Paging(
        kind=kind,
        parameter=given.text("parameter"),
        size_parameter=given.text("size_parameter"),
        size=given.number("size", 100, range(1, 1001)),
        first=given.number("first", 0 if kind is PagingKind.OFFSET else 1, range(2)),
        next=given.pointer("next"),
        most_pages=given.number("most_pages", 1000, range(1, 10_001)),
    )


def names_for(name: str) -> frozenset[str]:
    """What the placeholders of a request about one account may name."""
    if name == "create":
        return templates.OF_PERSON
    return templates.OF_PERSON | templates.OF_ACCOUNT | (_role(name))


def _role(name: str) -> frozenset[str]:
    return templates.OF_ROLE if name in {"grant", "revoke"} else frozenset()
