"""Results as text: what was measured, on what, when and under which load."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
POSTGRES = "postgres://gateway:gateway@127.0.0.1:5432/postgres"


def add_usual(parser: argparse.ArgumentParser, result: str) -> None:
    """The options of every bench that starts servers."""
    parser.add_argument(
        "--postgres",
        default=os.environ.get("BENCH_POSTGRES", POSTGRES),
        help="URL of a PostgreSQL whose role may create databases (default BENCH_POSTGRES, else %(default)s)",
    )
    parser.add_argument(
        "--databases", nargs="+", default=["postgres", "sqlite"], choices=["postgres", "sqlite"]
    )
    parser.add_argument(
        "--out", type=Path, default=RESULTS / result, help="where the result goes (%(default)s)"
    )


def machine() -> str:
    """One line on where and when."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit or 'unknown'}; {os.cpu_count()} cores, "
        f"{memory_gib:.0f} GiB, {platform.system()}, Python {platform.python_version()}; {load_average()}"
    )


def load_average() -> str:
    one, five, _fifteen = os.getloadavg()
    return f"load average {one:.1f} (1 min), {five:.1f} (5 min)"


def table(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(path: Path, *parts: str) -> None:
    """Paragraphs into a file, and onto the screen."""
    text = "\n\n".join(parts) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    print(text)


def verdict(is_reached: bool) -> str:  # noqa: FBT001 - the verdict is the argument
    return "reached" if is_reached else "**not reached**"
