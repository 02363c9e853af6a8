"""The guides: one for every identity provider that is known, each of them whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations import idps
from integrations.guides import markdown
from integrations.guides.guide import Guide, Paste
from integrations.guides.registry import GUIDES

DOCS = Path(__file__).resolve().parents[3] / "docs"
EVERY = pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)


def test_every_known_provider_has_a_guide():
    assert sorted(GUIDES) == sorted(idps.BY_ID)


@EVERY
@pytest.mark.parametrize("paste", [Paste.SCIM_URL, Paste.TOKEN, Paste.BOOKMARK_URL], ids=lambda one: one.name)
def test_a_guide_says_where_each_value_goes(guide: Guide, paste):
    assert paste in [field.value for step in (*guide.steps, *guide.tile) for field in step.fields]


@EVERY
def test_every_sentence_of_a_guide_ends(guide: Guide):
    texts = [guide.needs, *guide.expect]
    texts += [text for step in (*guide.steps, *guide.tile) for text in (step.text, step.then) if text]

    assert [str(text) for text in texts if not str(text).endswith(".")] == []


def test_the_documentation_says_the_same():
    """`python manage.py guides > docs/identity-providers.md` renews it."""
    assert (DOCS / "identity-providers.md").read_text(encoding="utf-8") == markdown.page()
