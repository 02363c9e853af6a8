"""Names on one line, as a page shows them: so that what is shown is what is typed to confirm something."""

from __future__ import annotations


def of(text: str) -> str:
    """One blank in the place of all white space between words, line breaks too; none around them."""
    return " ".join(text.split())
