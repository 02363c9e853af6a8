"""The joined files, their budget, and the files that came from elsewhere."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil

import pytest
from django.core.management import CommandError, call_command

from cerby_gateway import assets

BUDGET_BYTES = 60_000
LOADED = ["app.css", "app.js", "js/theme.js", "vendor/htmx-4.0.1.min.js"]
CHECKSUMS = [
    line.split()
    for line in (assets.STATIC / "vendor/CHECKSUMS.txt").read_text().splitlines()
    if not line.startswith("#")
]


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the static folder, which the command works on."""
    static = tmp_path / "static"
    shutil.copytree(assets.STATIC, static)
    monkeypatch.setattr(assets, "STATIC", static)
    return static


def test_joined_files_hold_what_their_parts_say():
    assert assets.stale(assets.STATIC) == []


def test_every_part_is_listed():
    on_disk = {
        str(path.relative_to(assets.STATIC))
        for kind in ("css", "js")
        for path in assets.STATIC.glob(f"{kind}/**/*.*")
    }

    assert on_disk == {*assets.STYLES, *assets.SCRIPTS, "js/theme.js"}


def test_every_icon_source_is_used():
    sources = {path.stem for path in (assets.STATIC / "icons/tabler").glob("*.svg")}

    assert sources == set(assets.SYMBOLS.values())


def test_changed_part_is_found_and_joined_anew(copy):
    part = copy / "css/base.css"
    part.write_text(part.read_text() + "/* changed */\n")

    with pytest.raises(CommandError, match=r"app\.css"):
        call_command("build_assets", "--check")
    call_command("build_assets")

    assert "/* changed */" in (copy / "app.css").read_text()
    assert assets.stale(copy) == []


def test_icon_without_an_outline_is_refused(copy):
    (copy / "icons/tabler/key.svg").write_text("<svg></svg>")

    with pytest.raises(ValueError, match=r"key\.svg"):
        assets.build(copy)


def test_scripts_keep_their_names_to_themselves():
    blocks = assets.build(assets.STATIC)["app.js"].count("\n{\n")

    assert blocks == len(assets.SCRIPTS) - 1


def test_addresses_in_the_style_sheet_lead_to_files():
    addresses = re.findall(r'url\("([^"]+)"\)', (assets.STATIC / "app.css").read_text())

    assert addresses
    assert [address for address in addresses if not (assets.STATIC / address).is_file()] == []


def test_styles_and_scripts_stay_within_their_budget():
    sizes = {name: len(gzip.compress((assets.STATIC / name).read_bytes())) for name in LOADED}

    assert sum(sizes.values()) <= BUDGET_BYTES, sizes


@pytest.mark.parametrize(("digest", "name"), CHECKSUMS, ids=[name for _, name in CHECKSUMS])
def test_vendored_file_is_the_one_that_was_published(digest, name):
    assert hashlib.sha256((assets.STATIC / name).read_bytes()).hexdigest() == digest


def test_every_vendored_file_has_a_checksum():
    vendored = {*assets.STATIC.glob("vendor/*.js"), *assets.STATIC.glob("fonts/*.woff2")}

    assert {str(path.relative_to(assets.STATIC)) for path in vendored} == {name for _, name in CHECKSUMS}


@pytest.mark.parametrize(
    "name",
    [
        "vendor/htmx-LICENSE.txt",
        "fonts/inter-LICENSE.txt",
        "fonts/jetbrains-mono-LICENSE.txt",
        "icons/tabler/LICENSE.txt",
    ],
)
def test_licence_stands_beside_what_it_covers(name):
    assert (assets.STATIC / name).stat().st_size > 0
