"""A worker's turn at one run: what it needs, and how it writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from integrations.delivery.connector import Connector
from integrations.delivery.models import AppAccount, AppConnection, SyncRun
from integrations.delivery.queue import lanes
from integrations.kit import transactions
from integrations.models import Integration

# So many accounts, or people, are looked at in one transaction.
CHUNK = 500


class StoppedError(Exception):
    """Somebody asked the run to stop."""


class RunEndedError(Exception):
    """The run was ended meanwhile, as one that was lost: nothing more may be written."""


@dataclass(frozen=True, slots=True)
class Turn:
    run: SyncRun
    integration: Integration
    connection: AppConnection
    connector: type[Connector]
    # When a worker took the run: whatever was seen since then is of this run, or newer.
    since: datetime

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that keeps the run alive, behind the lock of the lane for as long as it writes.

        Raises StoppedError and RunEndedError. Three queries.
        """
        with transactions.write():
            lanes.lock(self.integration.pk)
            self.beat()
            yield

    def beat(self) -> None:
        mine = SyncRun.objects.for_integration(self.integration).filter(
            pk=self.run.pk, state=SyncRun.State.RUNNING
        )
        run = self.run
        alive = mine.update(
            beat_at=timezone.now(),
            phase=run.phase,
            seen=run.seen,
            matched=run.matched,
            unmatched=run.unmatched,
            out_of_step=run.out_of_step,
        )
        if not alive:
            raise RunEndedError
        if mine.values_list("stop_requested", flat=True).get():
            raise StoppedError

    def accounts(self) -> QuerySet[AppAccount]:
        return AppAccount.objects.for_integration(self.integration)

    def found(self) -> QuerySet[AppAccount]:
        """Accounts that nobody here matches."""
        return self.accounts().filter(line=None)

    def claimable(self) -> QuerySet[AppAccount]:
        """Those of them that may be matched by themselves, locked."""
        return self.found().filter(is_kept_apart=False).select_for_update()
