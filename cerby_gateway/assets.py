"""Joins the parts of the console's look into what its pages load: a style sheet, a script, an icon sprite."""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"

# The order is the cascade's: layers and tokens first, utilities last.
STYLES = (
    "css/layers.css",
    "css/reset.css",
    "css/tokens.css",
    "css/fonts.css",
    "css/base.css",
    "css/layout.css",
    "css/components/icon.css",
    "css/components/avatar.css",
    "css/components/button.css",
    "css/components/badge.css",
    "css/components/sidebar.css",
    "css/components/breadcrumb.css",
    "css/components/page_head.css",
    "css/components/tabs.css",
    "css/components/card.css",
    "css/components/field.css",
    "css/components/checklist.css",
    "css/components/filters.css",
    "css/components/pairs.css",
    "css/components/copy_field.css",
    "css/components/table.css",
    "css/components/pager.css",
    "css/components/menu.css",
    "css/components/dialog.css",
    "css/components/callout.css",
    "css/components/connection.css",
    "css/components/facts.css",
    "css/components/picker.css",
    "css/components/steps.css",
    "css/components/empty.css",
    "css/components/toast.css",
    "css/components/timeline.css",
    "css/components/versus.css",
    "css/components/code.css",
    "css/components/diff.css",
    "css/components/segmented.css",
    "css/components/signin.css",
    "css/utilities.css",
)
# The first part holds what the others share; theme.js stands alone because <head> loads it at once.
SCRIPTS = (
    "js/page.js",
    "js/copy_field.js",
    "js/dialog.js",
    "js/secret.js",
    "js/menu.js",
    "js/segmented.js",
    "js/toast.js",
    "js/filters.js",
    "js/connection.js",
    "js/tabs.js",
    "js/field.js",
)
# The name a template uses, and the outline of Tabler Icons behind it.
SYMBOLS = {
    "alert": "alert-triangle",
    "archive": "archive",
    "arrow-in": "login",
    "arrow-out": "logout",
    "ban": "ban",
    "braces": "braces",
    "check": "check",
    "chev-down": "chevron-down",
    "chev-left": "chevron-left",
    "circle-check": "circle-check",
    "circle-x": "circle-x",
    "clock": "clock",
    "copy": "copy",
    "diff": "plus-minus",
    "dots": "dots-vertical",
    "file": "file",
    "flag": "flag",
    "gear": "settings",
    "inbox": "inbox",
    "info": "info-circle",
    "key": "key",
    "link": "link",
    "list": "list",
    "lock": "lock",
    "mail": "mail",
    "menu": "menu-2",
    "monitor": "device-desktop",
    "moon": "moon",
    "pause": "player-pause",
    "play": "player-play",
    "plug": "plug",
    "plus": "plus",
    "refresh": "refresh",
    "search": "search",
    "shield": "shield",
    "sun": "sun",
    "tasks": "list-check",
    "trash": "trash",
    "user": "user",
    "users": "users",
    "x": "x",
}
# Tabler begins each icon with an invisible square whose path has another first attribute; it is left out.
OUTLINE = re.compile(r'<path d="([^"]+)" />')
MADE = "made by manage.py build_assets"


def build(static: Path) -> dict[str, str]:
    """What the joined files should hold, by their path under `static`. OSError: a part is missing."""
    return {"app.css": _style_sheet(static), "app.js": _script(static), "icons/icons.svg": _sprite(static)}


def stale(static: Path) -> list[str]:
    """The joined files that differ from their parts."""
    return [name for name, text in build(static).items() if not _holds(static / name, text)]


def write(static: Path) -> list[str]:
    """Renews the joined files that differ from their parts; returns their names."""
    changed = stale(static)
    texts = build(static)
    for name in changed:
        (static / name).write_text(texts[name], encoding="utf-8")
    return changed


def _style_sheet(static: Path) -> str:
    # Parts lie one folder below the joined file, so an address in them loses its first step up.
    parts = [_read(static / name).replace('url("../', 'url("') for name in STYLES]
    return "\n".join([f"/* {MADE} from the parts in css/ */", *parts])


def _script(static: Path) -> str:
    # Without a bundler, a block gives each part names of its own; only the first part's are seen by all.
    shared, *others = (_read(static / name) for name in SCRIPTS)
    return "\n".join([f"// {MADE} from the parts in js/", shared, *(f"{{\n{part}}}\n" for part in others)])


def _sprite(static: Path) -> str:
    symbols = [
        _symbol(name, static / "icons" / "tabler" / f"{source}.svg") for name, source in SYMBOLS.items()
    ]
    head = f"<!-- {MADE} from Tabler Icons (MIT, tabler/LICENSE.txt) -->"
    return "\n".join([head, '<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def _symbol(name: str, source: Path) -> str:
    paths = OUTLINE.findall(_read(source))
    if not paths:
        raise ValueError(f"{source.name} holds no outline")
    outline = "".join(f'<path d="{path}"/>' for path in paths)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{outline}</symbol>'


def _holds(path: Path, text: str) -> bool:
    return path.exists() and _read(path) == text


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
