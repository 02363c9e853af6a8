"""Reads a filter into its tree (RFC 7644 3.4.2.2): `not` binds before `and`, `and` before `or`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from scim.core import paths
from scim.core.errors import InvalidFilter, InvalidPath
from scim.core.filters import comparable, evaluate, lexer
from scim.core.filters.lexer import Kind, Token
from scim.core.filters.tree import (
    ALWAYS,
    NEVER,
    And,
    Comparison,
    Literal,
    Node,
    Not,
    Operator,
    Or,
    Present,
    ValuePath,
)
from scim.core.paths import AttributePath
from scim.core.schema import ResourceType
from scim.core.wording import quote

MAX_TERMS = 100
MAX_NESTING = 64

_OPERATORS = {operator.value: operator for operator in Operator}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}

Scope = Callable[[str], AttributePath]
Selection = tuple[AttributePath, Node, AttributePath | None]


def parse(text: str, resource_type: ResourceType, *, elsewhere: Sequence[ResourceType] = ()) -> Node:
    """The tree of `filter=text`; InvalidFilter with the place and a sentence for all else.

    RFC 7644 3.4.2.1: an attribute that only the types `elsewhere` have is one without a value here.
    """
    reader = _Reader(text, resource_type, elsewhere)
    node = reader.either(reader.top)
    reader.expect(Kind.END, 'Expected "and", "or" or the end')
    return node


def parse_selection(text: str, resource_type: ResourceType) -> Selection:
    """Attribute, filter and part of `attribute[filter]` or `attribute[filter].part` (RFC 7644 3.5.2)."""
    reader = _Reader(text, resource_type)
    path = reader.path(reader.top)
    reader.expect(Kind.OPEN_BRACKET, 'Expected "["')
    node = reader.bracket(path)
    part = reader.part(path)
    reader.expect(Kind.END, "Expected the end")
    return path, node, part


class _Reader:
    """One pass over the tokens; each method reads one rule of the grammar. Recursion ends at MAX_NESTING."""

    def __init__(
        self, text: str, resource_type: ResourceType, elsewhere: Sequence[ResourceType] = ()
    ) -> None:
        self._tokens = lexer.tokens(text)
        self._next = 0
        self._terms = 0
        self._nesting = 0
        self._resource_type = resource_type
        self._elsewhere = elsewhere

    def top(self, name: str) -> AttributePath:
        """The scope outside brackets: the whole resource, or that of a type elsewhere."""
        try:
            return paths.resolve(name, self._resource_type)
        except InvalidPath:
            for other in self._elsewhere:
                with contextlib.suppress(InvalidPath):
                    return paths.resolve(name, other)
            raise

    def either(self, scope: Scope) -> Node:
        terms = [self._all(scope)]
        while self._keyword("or"):
            terms.append(self._all(scope))
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _all(self, scope: Scope) -> Node:
        terms = [self._one(scope)]
        while self._keyword("and"):
            terms.append(self._one(scope))
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _one(self, scope: Scope) -> Node:
        if self._keyword("not"):
            self.expect(Kind.OPEN, '"not" is followed by "("')
            return Not(self._group(scope))
        if self._accept(Kind.OPEN):
            return self._group(scope)
        return self._term(scope)

    def _group(self, scope: Scope) -> Node:
        self._deeper()
        node = self.either(scope)
        self.expect(Kind.CLOSE, 'Expected ")"')
        self._nesting -= 1
        return node

    def _term(self, scope: Scope) -> Node:
        at = self._peek.at
        path = self.path(scope)
        node = self._said(scope, path, at)
        if scope != self.top or self._resource_type.find(path.top.name) is path.top:
            return node
        return ALWAYS if evaluate.matches(node, {}) else NEVER

    def _said(self, scope: Scope, path: AttributePath, at: int) -> Node:
        """What a term says of its path."""
        bracket = self._peek
        if not self._accept(Kind.OPEN_BRACKET):
            return self._comparison(path, at)
        if scope != self.top:
            raise InvalidFilter(f'A "[" cannot stand inside another, as at character {bracket.at}.')
        node = self.bracket(path)
        part = self.part(path)
        return _selected(path, node, self._comparison(part, at)) if part else ValuePath(path, node)

    def bracket(self, path: AttributePath) -> Node:
        """The filter inside brackets, its opening one read already."""
        if not path.attribute.is_complex:
            raise InvalidFilter(f"{path} has no parts, so no [filter] can follow it.")
        self._deeper()
        node = self.either(lambda name: paths.within(name, path.attribute))
        self.expect(Kind.CLOSE_BRACKET, 'Expected "]"')
        self._nesting -= 1
        return node

    def part(self, path: AttributePath) -> AttributePath | None:
        """The `.part` behind a bracket. Entra ID filters by emails[type eq "work"].value eq "x", too."""
        token = self._peek
        if not self._accept(Kind.SUFFIX):
            return None
        return self._resolved(token, lambda name: paths.within(name[1:], path.attribute))

    def path(self, scope: Scope) -> AttributePath:
        token = self._peek
        self.expect(Kind.WORD, "Expected the name of an attribute")
        return self._resolved(token, scope)

    def _resolved(self, token: Token, scope: Scope) -> AttributePath:
        try:
            return scope(token.text)
        except InvalidPath as error:
            raise InvalidFilter(
                f"{error.detail[:-1]}, at character {token.at}.",
                remedy=error.remedy,
                expected=error.expected,
                received=error.received,
            ) from error

    def _comparison(self, path: AttributePath, at: int) -> Node:
        self._count()
        token = self._peek
        self.expect(Kind.WORD, f"Expected an operator behind {path}")
        if token.text.lower() == "pr":
            comparable.refuse_secret(path, at)
            return Present(path)
        operator = _OPERATORS.get(token.text.lower())
        if operator is None:
            known = ", ".join((*_OPERATORS, "pr"))
            raise InvalidFilter(
                f"{quote(token.text)} at character {token.at} is not an operator.",
                remedy=f"Use {known}.",
                expected=f"an operator: {known}",
                received=quote(token.text),
            )
        return self._compare(comparable.comparable_path(path, at), operator, token)

    def _compare(self, path: AttributePath, operator: Operator, token: Token) -> Node:
        comparable.check_operator(path, operator, token.at)
        at = self._peek.at
        value = self._literal()
        if value is not None:
            return Comparison(path, operator, comparable.literal(path, value, at))
        # RFC 7643 2.5: null means that there is no value.
        if operator is Operator.EQ:
            return Not(Present(path))
        if operator is Operator.NE:
            return Present(path)
        raise InvalidFilter(f'null at character {at} can be compared by "eq" and "ne" only.')

    def _literal(self) -> Literal | None:
        token = self._take()
        if token.kind in (Kind.TEXT, Kind.NUMBER):
            return token.value
        word = token.text.lower()
        if word not in _WORDS:
            raise InvalidFilter(
                f"Expected a value at character {token.at}, found {quote(token.text)}.",
                remedy="Put text in double quotes.",
                expected="a value: text in double quotes, a number, true, false or null",
                received=quote(token.text) if token.text else "the end of the filter",
            )
        return _WORDS[word]

    def expect(self, kind: Kind, sentence: str) -> None:
        token = self._take()
        if token.kind is not kind:
            found = token.text if token.kind is Kind.END else quote(token.text)
            raise InvalidFilter(f"{sentence} at character {token.at}, found {found}.")

    @property
    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._peek
        if token.kind is not Kind.END:
            self._next += 1
        return token

    def _accept(self, kind: Kind) -> bool:
        if self._peek.kind is not kind:
            return False
        self._next += 1
        return True

    def _keyword(self, word: str) -> bool:
        token = self._peek
        return token.kind is Kind.WORD and token.text.lower() == word and self._accept(Kind.WORD)

    def _count(self) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise InvalidFilter(f"The filter has more than {MAX_TERMS} terms.")

    def _deeper(self) -> None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise InvalidFilter(f"The filter is nested deeper than {MAX_NESTING} levels.")


def _selected(path: AttributePath, node: Node, comparison: Node) -> Node:
    """`path[node].part op value`: a value that meets both. "Not equal" stays the opposite of "equal"."""
    match comparison:
        case Comparison(part, Operator.NE, value):
            return Not(ValuePath(path, And((node, Comparison(part, Operator.EQ, value)))))
        case Not(term):
            return Not(ValuePath(path, And((node, term))))
        case _:
            return ValuePath(path, And((node, comparison)))
