"""Tens of thousands of requests that nobody would write: how many, and what they were answered.

    python bench/hostile.py --inputs 50000

Runs tests/db/scim/test_fuzz.py, which makes them and judges the answers, once on each database. It
needs what the tests need. The result goes to bench/results/hostile.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import report

TEST = "tests/db/scim/test_fuzz.py"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    report.add_usual(parser, "hostile.md")
    parser.add_argument("--inputs", type=int, default=50_000, help="on each database (%(default)s)")
    given = parser.parse_args()
    lines = [_run(kind, given.inputs, given.postgres) for kind in given.databases]
    report.write(
        given.out,
        "# Hostile requests",
        report.machine(),
        "What identity providers send with parts exchanged, doubled or dropped, and what nobody would send. "
        "Each answer was SCIM JSON, and none a failure of ours; 501 is /Me (RFC 7644 3.11).",
        report.table(["database", "requests", "seeds", "answers by status", "5xx"], lines),
    )


def _run(kind: str, number: int, postgres: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said.json"
        url = f"{postgres.rpartition('/')[0]}/bench_hostile" if kind == "postgres" else ""
        environment = {
            **os.environ,
            "DATA_DIR": folder,
            "DATABASE_URL": url,
            "FUZZ_INPUTS": str(number),
            "FUZZ_SAID": str(said),
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-o", "timeout=3600", TEST]
        subprocess.run(command, check=True, env=environment, cwd=report.ROOT)
        parts = [json.loads(line) for line in said.read_text().splitlines()]
    seen = sum((Counter(part["seen"]) for part in parts), Counter())
    shown = ", ".join(f"{status}: {count:,}" for status, count in sorted(seen.items()))
    seeds = " and ".join(str(part["seed"]) for part in parts)
    return [kind, f"{sum(seen.values()):,}", seeds, shown, "0"]


if __name__ == "__main__":
    main()
