"""`manage.py deliver`: a delivery worker."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.delivery.queue import engine, planning
from integrations.delivery.syncing import running
from integrations.delivery.turns import worker
from integrations.management.verb import require_database

LOOK_FOR_PARENT_S = 1.0


class Command(BaseCommand):
    help = "Carries changes into the apps until it is stopped. Any number of them may run, on any machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--threads",
            type=int,
            default=worker.THREADS,
            help="integrations worked on side by side (%(default)s)",
        )

    def handle(self, *, threads: int, **_options: Any) -> None:
        require_database()
        if not 1 <= threads <= 200:
            raise CommandError("--threads takes a number from 1 to 200.")
        if parent := os.environ.get("GATEWAY_PARENT"):
            threading.Thread(target=_end_with, args=[int(parent)], daemon=True).start()
        else:  # beside `up` it is that command's to say what runs
            self.stdout.write("A delivery worker is running. Ctrl-C stops it.")
            self.stdout.flush()
        worker.take_over()
        engine.consume(
            worker.drain, worker.sweep, sync=running.carry, planning=planning.carry, threads=threads
        )


def _end_with(parent: int) -> None:
    """Ends this process with the one that started it, however that ended: nobody is left to stop it."""
    while os.getppid() == parent:
        time.sleep(LOOK_FOR_PARENT_S)
    os.kill(os.getpid(), signal.SIGTERM)
