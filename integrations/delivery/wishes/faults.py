"""What is wrong with rules and attributes that somebody enters: a sentence for each pair at fault."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

PATH = re.compile(r"(?:urn:[\w.:-]+:)?[A-Za-z$][\w$-]*(?:\.[\w$-]+)*")
LONGEST_ROLE = 200
Pair = tuple[str, str]
# Sentences by the place of the pair, counted from 0.
Faults = Mapping[int, str]


def of_rules(pairs: Sequence[Pair]) -> Faults:
    """Of groups and their roles: a group may give several roles, and each of them once."""
    words = _("A role has at most %(n)d characters.") % {"n": LONGEST_ROLE}
    too_long = {place: words for place, (_group, role) in enumerate(pairs) if len(role) > LONGEST_ROLE}
    return too_long | _of_pairs(pairs, [(group.casefold(), role) for group, role in pairs])


def of_attributes(pairs: Sequence[Pair]) -> Faults:
    """Of names in the app and the attributes of a person that fill them: a name stands once."""
    words = _("This is no attribute. Write it like title, name.givenName or emails.work.")
    no_path = {place: words for place, (_name, path) in enumerate(pairs) if not PATH.fullmatch(path)}
    return no_path | _of_pairs(pairs, [name.casefold() for name, _path in pairs])


def _of_pairs(pairs: Sequence[Pair], keys: Sequence[object]) -> dict[int, str]:
    found: dict[int, str] = {}
    seen: set[object] = set()
    for place, (pair, key) in enumerate(zip(pairs, keys, strict=True)):
        if not all(word.strip() for word in pair):
            found[place] = _("Fill in both sides, or leave both empty.")
        elif key in seen:
            found[place] = _("This stands in another row already.")
        seen.add(key)
    return found
