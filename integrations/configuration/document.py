"""The file that holds a workspace's configuration: writing it, and reading one that somebody else wrote."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from integrations.configuration.form import FORMAT, PRODUCT, SCHEMA, VALUES, Json
from integrations.kit import keepable
from integrations.kit.errors import Refused

LARGEST_BYTES = 16 * 1024 * 1024
MOST_DIGITS = 18
MOST_DEPTH = 50
Path = tuple[str | int, ...]
# In a string of JSON its quotation marks would be escaped.
_DIGEST = re.compile(rb'("digest"\s*:\s*")([0-9a-f]{64})(?=")')


@dataclass(frozen=True, slots=True)
class Item:
    """One integration of a file. `values` are what is compared and set; `digest` is of the values as they
    were when the file was last exported or imported, "" where it does not say it."""

    id: str
    values: Json
    digest: str


def digest(values: Json) -> str:
    """The same for the same configuration. Which secrets are set is none of it."""
    connector = {name: value for name, value in values["connector"].items() if name != "secrets"}
    content = {**values, "connector": connector}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def written(workspace: str, items: list[Json]) -> str:
    """The file's text: the same bytes for the same configuration."""
    document = {"format": FORMAT, "product": PRODUCT, "workspace": workspace, "integrations": items}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read(content: bytes) -> list[Item]:
    """The integrations of a file. Raises Refused with the place of the first fault; nothing is half read."""
    if len(content) > LARGEST_BYTES:
        raise Refused("too_large", _("The file has more than %(n)d bytes.") % {"n": LARGEST_BYTES})
    document = _loaded(content)
    _check_kind(document)
    _check_kept(document, ())
    fault = best_match(Draft202012Validator(SCHEMA).iter_errors(document))
    if fault is not None:
        raise _refused(tuple(fault.absolute_path), _why(fault))
    items = [_item(each) for each in document["integrations"]]
    refuse_twice("id", (item.id for item in items if item.id))
    return items


def renewed(content: bytes, digests: Sequence[str]) -> bytes:
    """A file that was read, with these digests, in its order, in place of its own. All else stays as somebody
    wrote it, byte for byte."""
    following: dict[str, deque[str]] = defaultdict(deque)
    for item, digest_after in zip(map(_item, _loaded(content)["integrations"]), digests, strict=False):
        following[item.digest].append(digest_after)

    def new(found: re.Match[bytes]) -> bytes:
        waiting = following.get(found[2].decode())
        return found[1] + waiting.popleft().encode() if waiting else found[0]

    return _DIGEST.sub(new, content)


def refuse_twice(what: str, names: Iterable[str]) -> None:
    twice = _twice(names)
    if twice is not None:
        words = _("Two integrations of the file have the %(what)s “%(name)s”.")
        raise Refused("twice", words % {"what": what, "name": twice})


def _loaded(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object, parse_int=_whole)
    except UnicodeDecodeError as error:
        raise Refused("form", _("The file is not UTF-8.")) from error
    except json.JSONDecodeError as error:
        where = {"why": error.msg, "line": error.lineno, "column": error.colno}
        words = _("The file is not whole JSON: %(why)s at line %(line)d, column %(column)d.")
        raise Refused("form", words % where) from error
    except RecursionError as error:
        raise Refused("form", _("The file is nested too deeply.")) from error


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        name = _shown(str(_twice(name for name, _value in pairs)))
        raise Refused("form", _("The file gives “%(name)s” twice in one object.") % {"name": name})
    return found


def _whole(digits: str) -> int | float:
    """A number with more digits than anything here has is infinite, and told with its place."""
    return int(digits) if len(digits) <= MOST_DIGITS else math.inf


def _check_kind(document: Any) -> None:
    """Another product's file and a newer one are told before anything in them is."""
    if not isinstance(document, dict) or document.get("product") != PRODUCT:
        raise Refused("product", _("This is no configuration that export_config wrote."))
    if isinstance(document.get("format"), int) and document["format"] > FORMAT:
        words = _(
            "The file has format %(found)d; this version reads up to %(known)d. Import it with a newer one."
        )
        raise Refused("format", words % {"found": document["format"], "known": FORMAT})


def _check_kept(value: Any, path: Path) -> None:
    """Whether a database can keep it, whatever it means."""
    if len(path) > MOST_DEPTH:
        raise _refused(path[:3], _("It is nested too deeply."))
    if isinstance(value, float) and not math.isfinite(value):
        raise _refused(path, _("This is no number, or one with too many digits."))
    if isinstance(value, str) and keepable.NEVER_KEPT.search(value):
        raise _refused(path, _("It has a character that cannot be kept: NUL, or half of one."))
    if isinstance(value, dict):
        for name in value:
            _check_kept(name, path)
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        _check_kept(each, (*path, name))


def _why(fault: ValidationError) -> str:
    if "secrets" in fault.absolute_path:  # it is not told: somebody may have written one there
        return _("Here stands a list of names, and never a secret.")
    return str(fault.message)[:300]


def _refused(path: Path, why: str) -> Refused:
    """With where it is in the file, such as integrations[2].rehire."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return Refused("form", f"{text.removeprefix('.') or _('the whole file')}: {why}")


def _item(found: Json) -> Item:
    return Item(found.get("id", ""), {name: found[name] for name in VALUES}, found.get("digest", ""))


def _twice(names: Iterable[str]) -> str | None:
    return next((name for name, times in Counter(names).items() if times > 1), None)


def _shown(name: str) -> str:
    return keepable.NEVER_KEPT.sub("\N{REPLACEMENT CHARACTER}", name)
