"""People who act at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection

from integrations.kit.errors import Refused


def at_once(*works: Callable[[], object]) -> list[str]:
    """Does each of them in a thread of its own, all at the same moment; sorted, what each came to: "made" or
    the code of its refusal."""
    outcomes: list[str] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        start.wait()
        try:
            work()
            outcomes.append("made")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)
