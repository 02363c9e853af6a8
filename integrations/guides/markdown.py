"""The guides as docs/identity-providers.md has them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from integrations import idps
from integrations.guides.guide import Field, Guide, Paste, Step
from integrations.guides.registry import GUIDES

HEAD = """# Identity providers

How each one is connected, in its own words. The console shows the same with an integration's own values
filled in: **Integrations**, the app, **Settings**, **Connected services**, **Set up your identity provider**.
For all of them:

- **Integrations**, **Add integration**, then **Connected services**: copy the **SCIM Gateway URL** and the
  **Bookmark URL**, press **Generate token** and copy the token.
- Paste the token alone, without `Bearer`. The SCIM Gateway URL works with and without a slash at its end.
- A provider in the cloud needs an https address with a certificate that is publicly trusted
  ([settings](settings.md#where-it-is-reached)).
- Connected services names the provider once it has recognised it. A refused request, and how to mend it, is
  under **Activity**.
- What each may send, and what is made of it, is told in [the SCIM service](scim.md).
"""
PASTED = {
    Paste.SCIM_URL: "the SCIM Gateway URL",
    Paste.TOKEN: "the token",
    Paste.BOOKMARK_URL: "the Bookmark URL",
    Paste.APP: "the app's name",
}
WIDTH = 110


def page() -> str:
    """All of them, each a section."""
    return "\n".join([HEAD, *(line for guide in GUIDES.values() for line in _section(guide))])


def _section(guide: Guide) -> list[str]:
    return [
        *(f"## {idps.get(guide.idp).name}", ""),
        *(*_wrapped(f"You need: {guide.needs} {guide.source.warning}"), ""),
        *(*_steps(guide.steps), ""),
        *(*_wrapped(f"The tile: {guide.tile_source.warning}"), ""),
        *(*_steps(guide.tile), ""),
        *("What to expect:", ""),
        *(line for each in guide.expect for line in _wrapped(f"- {each}", "  ")),
        "",
    ]


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        where = f" {' > '.join(f'**{menu}**' for menu in step.where)}." if step.where else ""
        text = f" {step.text}" if step.text else ""
        yield from _wrapped(f"{number}. {step.title}.{where}{text}", "   ")
        for field in step.fields:
            yield from _wrapped(f"   - **{field.label}**: {_value(field)}", "     ")
        if step.code:
            label, code = step.code
            yield from (f"   - **{label}**:", "", textwrap.indent(f"```json\n{code}\n```", "     "))
        if step.then:
            yield from ("", *_wrapped(f"   {step.then}", "   "))


def _value(field: Field) -> str:
    if isinstance(field.value, Paste):
        return PASTED[field.value]
    return f"`{field.value}`" if isinstance(field.value, str) else str(field.value)


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
