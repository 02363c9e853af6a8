"""A departure from the standard that was understood all the same, and the plain sentence that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scim.core.wording import clip


class Code(StrEnum):
    OP_CASE = "op-case"
    KEY_CASE = "key-case"
    BOOLEAN_FORM = "boolean-form"
    ONE_FOR_LIST = "one-for-list"
    LIST_FOR_ONE = "list-for-one"
    BARE_VALUE = "bare-value"
    OLD_SCHEMA = "old-schema"
    UNKNOWN_SCHEMA = "unknown-schema"
    SCHEMAS_MISSING = "schemas-missing"
    NO_EXTENSION_NAME = "no-extension-name"
    DOTTED_KEY = "dotted-key"
    REMOVE_BY_VALUE = "remove-by-value"
    ADD_BY_FILTER = "add-by-filter"
    CREATE_ON_MISS = "create-on-miss"


@dataclass(frozen=True, slots=True)
class Quirk:
    """`detail` is the fragment that differed: a name, a path or a short text, never a password."""

    code: str
    detail: str = ""


_SENTENCES = {
    Code.OP_CASE: 'sent op "{detail}"; the standard writes "{lower}". It was understood.',
    Code.KEY_CASE: 'sent the key "{detail}", which the standard writes in another case. It was understood.',
    Code.BOOLEAN_FORM: "sent {detail}; the standard writes true or false without quotes. It was understood.",
    Code.ONE_FOR_LIST: "sent {detail} as one value; the standard has a list. It was read as a list of one.",
    Code.LIST_FOR_ONE: "sent {detail} as a list; the standard has one value. Its only entry was used.",
    Code.BARE_VALUE: 'sent {detail} as text; the standard has an object with "value". It was understood.',
    Code.OLD_SCHEMA: 'sent the schema name "{detail}"; SCIM 2.0 writes it otherwise. It was understood.',
    Code.UNKNOWN_SCHEMA: 'named the schema "{detail}", which is not known here. The name was set aside.',
    Code.SCHEMAS_MISSING: 'left out the schema name "{detail}", which the standard asks for. It was assumed.',
    Code.NO_EXTENSION_NAME: 'sent "{detail}" without the name of its extension. It was understood.',
    Code.DOTTED_KEY: 'sent the key "{detail}" where the standard nests objects. It was understood.',
    Code.REMOVE_BY_VALUE: "listed what to remove from {detail}; the standard picks it by a filter. "
    "Only what was listed was removed.",
    Code.ADD_BY_FILTER: "named what to add by a filter, {detail}, and sent no value. It was understood.",
    Code.CREATE_ON_MISS: "set {detail}, which did not exist yet. It was created.",
}


def explain(quirk: Quirk, idp_name: str) -> str:
    """A plain sentence or two; `idp_name` is the client's display name, "" while it is not recognised."""
    detail = clip(quirk.detail)
    said = _SENTENCES[Code(quirk.code)].format(detail=detail, lower=detail.lower())
    return f"{idp_name or 'The identity provider'} {said}"
