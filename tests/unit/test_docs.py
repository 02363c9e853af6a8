"""The docs and the code say the same."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READERS = re.compile(
    r"env\.(?:text|choice|root|names|flag|integer|address|networks|folder|database|email|secret|secret_pair"
    r"|sealing_keys)\(\s*\"([A-Z_]+)\""
)
ROWS = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def test_every_setting_is_documented_and_every_documented_setting_is_read():
    sources = [ROOT / "cerby_gateway/settings.py", ROOT / "cerby_gateway/databases.py"]
    sources += (ROOT / "cerby_gateway/management").rglob("*.py")
    read = {name for source in sources for name in READERS.findall(source.read_text(encoding="utf-8"))}
    documented = ROWS.findall((ROOT / "docs/settings.md").read_text(encoding="utf-8"))

    assert sorted(documented) == sorted(read)


def test_every_link_between_documents_leads_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
