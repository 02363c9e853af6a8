"""kill -9 at random moments, under load: nothing that was acknowledged is lost, repeated or out of order.

bench/faults.py does the same two hundred times.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys

import pytest

from tests import faults, running
from tests.faults import Counts

KILLS = 10


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["ledger", "ledger_events"])
def test_killed_processes_lose_nothing(kind, tmp_path):
    counts = Counts(seed=random.randrange(2**31))
    url = os.environ.get("DATABASE_URL", "")
    fresh = running.fresh_postgres(url) if url else contextlib.nullcontext("")
    with fresh as database_url, faults.site(tmp_path, kind, database_url) as place:
        faults.torment(place, counts, kills=KILLS)

    sys.stdout.write(f"{counts}\n")
    assert counts.acknowledged > 0
    assert counts.orders > 0
