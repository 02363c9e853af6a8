"""kill -9 of worker, server and both at random moments under load: what was acknowledged, lost, repeated.

    python bench/faults.py --kills 200

Each round is a product of its own with a random seed, which is printed; tests/faults.py does the killing and
the judging, and `.ci/run` does it twenty times. The result goes to bench/results/faults.md.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import report, servers
from tests import faults
from tests.faults import Counts

KINDS = {"ledger": "state", "ledger_events": "event"}
A_ROUND = 10


def main() -> None:
    given = _arguments()
    rounds = [(kind, database) for database in given.databases for kind in KINDS]
    lines = []
    for number in range(-(-given.kills // A_ROUND)):
        kind, database = rounds[number % len(rounds)]
        counts = _round(kind, database, given.postgres)
        print(counts, flush=True)
        kills = [str(counts.kills[victim]) for victim in faults.VICTIMS]
        seen = [str(counts.acknowledged), str(counts.orders), str(counts.repeats), "0", "0"]
        lines.append([database, KINDS[kind], str(counts.seed), *kills, *seen])
    titles = ["database", "connector", "seed", "worker", "web", "both", "acknowledged", "orders", "repeated"]
    report.write(
        given.out,
        "# kill -9 at random moments",
        report.machine(),
        f"{len(lines)} rounds of {A_ROUND} kills while four clients send. Lost: acknowledged changes without "
        "their delivery in the app. Disordered: orders of one person in another order than their changes. "
        "A repeat carries the same key.",
        report.table([*titles, "lost", "disordered"], lines),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    report.add_usual(parser, "faults.md")
    parser.add_argument("--kills", type=int, default=200, help="in all (%(default)s)")
    return parser.parse_args()


def _round(kind: str, database: str, postgres: str) -> Counts:
    """One product, killed ten times; it raises AssertionError where something was lost or disordered."""
    counts = Counts(seed=random.randrange(2**31))
    with (
        _folder() as folder,
        servers.database(database, postgres, "faults") as url,
        faults.site(folder, kind, url) as place,
    ):
        faults.torment(place, counts, kills=A_ROUND)
    return counts


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


if __name__ == "__main__":
    main()
