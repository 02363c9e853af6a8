"""What the tries of a turn say of the app as a whole: how long its lane waits, and what holds it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from integrations.delivery.connector import Failed, Kind, Retry
from integrations.delivery.errands.carrying import Carried
from integrations.delivery.models import Lane
from integrations.delivery.queue.lanes import Holder

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
LONGEST_RETRY_AFTER = timedelta(hours=1)

OF_LANE = frozenset({Kind.AUTH})
OF_LANE_IF_TEST_FAILS = frozenset({Kind.PERMISSION, Kind.GONE})

_jitter = random.SystemRandom()


def is_of_lane(outcome: Failed, *, still_ok: bool) -> bool:
    """Whether the app refuses whoever sends, and not this one person."""
    return outcome.kind in OF_LANE or (outcome.kind in OF_LANE_IF_TEST_FAILS and not still_ok)


def closes(carried: Carried) -> bool:
    """Whether the answer is one to whatever is sent there now: the app is down, asks for patience, or refuses
    who sends."""
    match carried.outcome:
        case Retry():
            return carried.outcome.of_app
        case Failed():
            return is_of_lane(carried.outcome, still_ok=carried.still_ok)
    return False


def pause(failures: int, asked: timedelta | None = None) -> timedelta:
    """The next pause: doubled each time, up to an hour, with jitter so that lanes do not march in step; as
    long as the app has asked for where that is longer."""
    longest: timedelta = min(FIRST_PAUSE * 2 ** min(failures, 12), LONGEST_PAUSE)
    return max(longest * _jitter.uniform(0.5, 1.0), min(asked or timedelta(), LONGEST_RETRY_AFTER))


@dataclass(slots=True)
class LaneTrouble:
    """What the tries of a batch say of the app as a whole."""

    works: bool = False
    asked: timedelta = timedelta()
    words: str = ""
    timed_out: bool = False
    held_for: str = ""

    def add(self, outcome: Retry) -> None:
        """One try to which the app said: not now."""
        self.words = str(outcome.reason)
        self.timed_out |= outcome.timed_out
        self.asked = max(self.asked, outcome.after or timedelta())

    def write(self, holder: Holder) -> None:
        """Call it while writing. Whatever else comes in once the lane waits began before that: it makes the
        wait longer at most, is no failure of its own, and does not show that the app works again."""
        lane = Lane.objects.for_integration(holder.integration)
        if self.held_for:
            # Others of the same turn may be refused too: one hold, and one alarm.
            lane.filter(held_at=None).update(held_at=timezone.now(), held_for=self.held_for, alarmed_at=None)
        elif self.words and holder.waits:
            self._prolong(lane.get())
        elif self.words:
            failures = 0 if self.works else lane.values_list("failures", flat=True).get()
            lane.update(
                failures=failures + 1,
                next_attempt_at=timezone.now() + pause(failures, self.asked),
                trouble=self.words,
                has_timed_out=self.timed_out,
            )
            holder.waits = True
        elif self.works and not holder.waits:
            lane.exclude(failures=0, trouble="", has_timed_out=False).update(
                failures=0, trouble="", has_timed_out=False, next_attempt_at=None
            )

    def _prolong(self, lane: Lane) -> None:
        until = timezone.now() + min(self.asked, LONGEST_RETRY_AFTER)
        if lane.next_attempt_at is None or until > lane.next_attempt_at:
            lane.next_attempt_at, lane.trouble = until, self.words
        lane.has_timed_out |= self.timed_out
        lane.save(update_fields=["next_attempt_at", "trouble", "has_timed_out"])
