"""How fast changes are carried, and what carrying costs the IdP's requests.

    python bench/delivery.py --postgres postgres://gateway:gateway@127.0.0.1:5432/postgres

Real workers (`manage.py deliver`) work on real tables; the apps are connectors of tests/plugins: one that
does nothing, one that takes 200 ms, one that never answers, one that writes a line when an order reaches it.
Each database is a run of its own (bench/delivery_runs.py). The result goes to bench/results/delivery.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import report, servers

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = str(ROOT / "tests" / "plugins")


def main() -> None:
    given = _arguments()
    lines = [line for kind in given.databases for line in _run(kind, given)]
    report.write(
        given.out,
        "# What delivery takes",
        report.machine(),
        f"Workers of {given.threads} threads; rates are deliveries a second.",
        report.table(["database", "what", "value", "mark", "", "load"], lines),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    report.add_usual(parser, "delivery.md")
    parser.add_argument("--threads", type=int, default=16, help="of each worker (%(default)s)")
    parser.add_argument("--only", nargs="*", default=[], help="names of runs, such as `rate latency`")
    return parser.parse_args()


def _run(kind: str, given: argparse.Namespace) -> list[list[str]]:
    with servers.scratch() as folder, servers.database(kind, given.postgres, "delivery") as url:
        environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "OUTBOUND_ALLOWED_NETWORKS": "127.0.0.0/8",
            "PYTHONPATH": PLUGINS,
            "SECRET_KEY": servers.SECRET_KEY,
            "TOKEN_RATE_LIMIT": "0",
        }
        command = [sys.executable, "bench/delivery_runs.py", "--threads", str(given.threads), *given.only]
        done = subprocess.run(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
    return [[kind, *line] for line in map(json.loads, done.stdout.splitlines())]


if __name__ == "__main__":
    main()
