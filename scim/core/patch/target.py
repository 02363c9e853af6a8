"""What the path of a PATCH operation points at (RFC 7644 3.5.2, PATH)."""

from __future__ import annotations

from dataclasses import dataclass

from scim.core import paths
from scim.core.errors import InvalidFilter, InvalidPath
from scim.core.filters import lexer, parser
from scim.core.filters.printer import to_text
from scim.core.filters.tree import And, Comparison, Literal, Node, Operator
from scim.core.paths import AttributePath
from scim.core.schema import Attribute, ResourceType


@dataclass(frozen=True, slots=True)
class Target:
    """An attribute; or the values of a multi-valued one that meet `filter`; or their `part`.

    Without a filter, `part` is that of all values: `emails.display`.
    """

    path: AttributePath
    filter: Node | None = None
    part: Attribute | None = None

    @property
    def steps(self) -> tuple[Attribute, ...]:
        """The attributes from the resource down to what is changed."""
        return self.path.steps if self.part is None else (*self.path.steps, self.part)

    def __str__(self) -> str:
        selected = str(self.path) if self.filter is None else f"{self.path}[{to_text(self.filter)}]"
        return selected if self.part is None else f"{selected}.{self.part.name}"


def parse(text: str, resource_type: ResourceType) -> Target:
    """The target of a path; InvalidPath with the place and a sentence."""
    if len(text) > lexer.MAX_CHARACTERS:
        raise InvalidPath(f"The path has {len(text)} characters; {lexer.MAX_CHARACTERS} are the limit.")
    if "[" not in text:
        return _plain(paths.resolve(text.strip(), resource_type))
    try:
        path, node, part = parser.parse_selection(text, resource_type)
    except InvalidFilter as error:
        raise InvalidPath(
            error.detail.replace("The filter", "The path", 1),
            remedy=error.remedy,
            expected=error.expected,
            received=error.received,
        ) from error
    if not path.attribute.multi_valued:
        raise InvalidPath(f"{path} has one value, so no [filter] can follow it.")
    return Target(path, node, part.attribute if part else None)


def _plain(path: AttributePath) -> Target:
    *above, last = path.steps
    if above and above[-1].multi_valued:
        return Target(AttributePath(tuple(above), path.is_lifted), part=last)
    return Target(path)


def implied(node: Node) -> dict[str, Literal] | None:
    """The value that `type eq "work" and primary eq true` describes; None if a filter describes no one."""
    match node:
        case Comparison(path, Operator.EQ, value):
            return {path.attribute.name: value} if len(path.steps) == 1 else None
        case And(terms):
            described: dict[str, Literal] = {}
            for term in terms:
                part = implied(term)
                if part is None:
                    return None
                described.update(part)
            return described
        case _:
            return None
