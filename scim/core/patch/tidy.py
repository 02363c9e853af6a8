"""What a PATCH leaves of lists: not before all its operations are done.

A client may name the parts of a new value one by one, and `value` last.
"""

from __future__ import annotations

from typing import Any

from scim.core import fitting, values
from scim.core.schema import Attribute


def tidied(attribute: Attribute, held: Any) -> Any:
    """The value without list entries that say nothing, inside it too; None where nothing is left, the same
    object where all stays. What does not fit the attribute stays as it is."""
    if held is None or fitting.held(attribute, held) is not held:
        return held
    if attribute.multi_valued:
        kept = [entry for entry in held if not values.is_hollow(attribute, entry)]
        return held if len(kept) == len(held) else kept or None
    if not attribute.is_complex:
        return held
    after = {name: _inside(attribute, name, item) for name, item in held.items()}
    if all(after[name] is item for name, item in held.items()):
        return held
    return {name: item for name, item in after.items() if item is not None} or None


def _inside(attribute: Attribute, name: str, item: Any) -> Any:
    part = attribute.find(name)
    return tidied(part, item) if part is not None else item
