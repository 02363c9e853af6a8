"""The look holds nothing that no page uses: each class, icon and component has its place."""

from __future__ import annotations

import re

from django.conf import settings

from cerby_gateway import assets

ROOT = settings.BASE_DIR
TEMPLATES = {
    str(path.relative_to(ROOT / "templates")): path.read_text(encoding="utf-8")
    for path in (ROOT / "templates").rglob("*.html")
}
# The gallery shows what is there; it is no use of its own.
PAGES = {name: text for name, text in TEMPLATES.items() if "gallery" not in name}
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder, ending in (
        ("static/js", "*.js"),
        ("integrations/console", "**/*.py"),
        ("scim/console", "*.py"),
    )
    for path in sorted((ROOT / folder).glob(ending))
    if path.name != "gallery.py"
)
COMMENT = re.compile(r"/\*.*?\*/|\"[^\"]*\"", re.DOTALL)
SELECTOR = re.compile(r"([^{};]+)\{")
CLASS = re.compile(r"\.([a-z][\w-]*)")
CLASS_ATTRIBUTE = re.compile(r"class=\"([^\"]*(?:{%[^%]*%}[^\"]*)*)\"")
ICON_CLASS = re.compile(r"{% icon [^ ]+ \"([^\"]+)\" %}")
LITERAL = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`")
WORD = re.compile(r"[a-z][\w-]*")
INCLUDED = re.compile(r"{% (?:extends|include) \"(components/[^\"]+)\"")
# htmx itself puts it on what is at work.
SET_BY_HTMX = {"htmx-request"}


def styled() -> dict[str, set[str]]:
    """The classes that each part of the style sheet selects."""
    found = {}
    for name in assets.STYLES:
        text = COMMENT.sub("", (assets.STATIC / name).read_text(encoding="utf-8"))
        selectors = [each for each in SELECTOR.findall(text) if not each.strip().startswith("@")]
        found[name] = {each for selector in selectors for each in CLASS.findall(selector)}
    return found


def used() -> set[str]:
    """Every word that stands in a class attribute of a page, or in a string of what scripts and views say."""
    attributes = [each for text in PAGES.values() for each in CLASS_ATTRIBUTE.findall(text)]
    icons = [each for text in PAGES.values() for each in ICON_CLASS.findall(text)]
    literals = ["".join(groups) for groups in LITERAL.findall(CODE)]
    return {word for text in (*attributes, *icons, *literals) for word in WORD.findall(text)} | SET_BY_HTMX


def test_every_class_in_the_style_sheet_is_used_by_a_page_or_a_script():
    words = used()

    assert {name: classes - words for name, classes in styled().items() if classes - words} == {}


def test_a_class_that_nothing_uses_is_found():
    assert "never-used" not in used()
    assert "card" in styled()["css/components/card.css"]


def test_every_icon_in_the_sprite_is_named_by_a_page_or_a_view():
    said = "\n".join([*PAGES.values(), CODE])

    assert [name for name in assets.SYMBOLS if f'"{name}"' not in said] == []


def test_every_component_is_part_of_a_page():
    included = {name for text in PAGES.values() for name in INCLUDED.findall(text)}

    assert {name for name in PAGES if name.startswith("components/")} - included == set()
