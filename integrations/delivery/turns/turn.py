"""A turn at a lane: carries what is due, several people side by side, for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils import timezone

from integrations.delivery.connector import Connector, Order
from integrations.delivery.errands import carrying, connecting, orders
from integrations.delivery.errands.carrying import Carried, Equipment
from integrations.delivery.errands.orders import Expand, Nothing, Way
from integrations.delivery.models import AppConnection, Delivery, Lane
from integrations.delivery.queue import brake, lanes
from integrations.delivery.queue.lanes import Holder
from integrations.delivery.turns import settling, trouble
from integrations.delivery.turns.settling import Expansion
from integrations.delivery.turns.tried import Tried
from integrations.delivery.wishes import wanted

# Then the lane is given back, so that others of many lanes get their turn.
BUDGET_S = 20.0
HEARTBEAT_S = 5.0
# So much work is taken at once as the app is expected to do in this time: a quick app gets many orders in one
# transaction, a slow one as many as are worked on side by side.
AHEAD_S = 0.5
LARGEST_BATCH = 100
EXPANDED_AT_ONCE = 500


@dataclass(slots=True)
class Turn:
    """One turn at a lane."""

    holder: Holder
    connector: type[Connector]
    connection: AppConnection
    narrow: bool
    started: float = field(default_factory=time.monotonic)
    equipment: Equipment = field(init=False)
    batch: int = field(init=False)
    working: dict[Future[Carried | None], tuple[Delivery, Order]] = field(default_factory=dict)
    # What is in work is finished then, nothing new is begun.
    closed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        bare = connecting.equipment(self.holder.integration, self.connection)
        self.equipment = replace(bare, check=self.holder.check)
        self.batch = LARGEST_BATCH if self.connector.limits.is_local else self._width()

    def work(self) -> None:
        if self.connector.limits.is_local:
            while self._has_time() and self._do_local():
                pass
            return
        with ThreadPoolExecutor(self._width(), thread_name_prefix="delivery") as pool:
            try:
                while self._step(pool):
                    pass
            finally:
                pool.shutdown(cancel_futures=True)

    def _width(self) -> int:
        return 1 if self.narrow else max(1, min(self.connection.width, self.connector.limits.width))

    def _has_time(self) -> bool:
        return not self.closed.is_set() and time.monotonic() - self.started < BUDGET_S

    def _do_local(self) -> bool:
        """A batch of a connector that waits for nothing."""
        started = self._start(self.batch)
        if started.seen:
            self._end([(delivery, order, self._carry(delivery, order)) for delivery, order in started.orders])
        return bool(started.seen)

    def _step(self, pool: ThreadPoolExecutor) -> bool:
        """Fills the free places, waits for a try to end, and writes down what came of it."""
        seen = 0
        free = self.batch - len(self.working)
        if free >= self.batch // 2 and free and self._has_time():
            started = self._start(free)
            seen = started.seen
            for delivery, order in started.orders:
                self.working[pool.submit(self._carry, delivery, order)] = (delivery, order)
        if not self.working:
            return bool(seen)
        # Others may use the database while this thread waits for the app.
        done, _rest = wait(self.working, timeout=HEARTBEAT_S, return_when=FIRST_COMPLETED)
        if not done:
            lanes.renew(self.holder)
            return True
        self._end([(*self.working.pop(one), one.result()) for one in done])
        return bool(self.working) or self._has_time()

    def _end(self, ended: Sequence[tuple[Delivery, Order, Carried | None]]) -> None:
        """Writes down what came of tries. Once the turn is over, what has not begun goes back as it was."""
        tried = [Tried(delivery, order, carried) for delivery, order, carried in ended if carried is not None]
        settling.settle(self.holder, tried, self.connection)
        self._expect(tried)
        if self._is_closed():
            self.closed.set()
        unbegun = [delivery for delivery, _order, carried in ended if carried is None]
        if not self._has_time():
            unbegun += [self.working.pop(one)[0] for one in list(self.working) if one.cancel()]
        settling.put_back(self.holder, unbegun)

    def _expect(self, tried: Sequence[Tried]) -> None:
        """How much is taken at once from now on."""
        if not tried or self.connector.limits.is_local:
            return
        mean_s = sum(one.carried.ms for one in tried) / len(tried) / 1000
        expected = int(self._width() * AHEAD_S / max(mean_s, 0.001))
        self.batch = max(self._width(), min(expected, LARGEST_BATCH))

    def _carry(self, delivery: Delivery, order: Order) -> Carried | None:
        """None, and nothing was sent, where an answer to another has closed the lane before this was begun:
        a quick app gives many before the first of them is written down."""
        if self.closed.is_set():
            return None
        confirms = delivery.status == Delivery.Status.CONFIRMING
        carried = carrying.carry(order, self.equipment, confirms=confirms)
        if trouble.closes(carried):
            self.closed.set()
        return carried

    def _is_closed(self) -> bool:
        """Whether the app, or an admin, has closed the lane, or it is to be worked on by other settings."""
        lane = Lane.objects.for_integration(self.holder.integration).get()
        waits = lane.next_attempt_at is not None and lane.next_attempt_at > timezone.now()
        is_open = not (lane.paused_at or lane.held_at or waits)
        return not (is_open and connecting.is_current(self.connection))

    def _start(self, limit: int) -> _Started:
        """Chooses what comes next and marks it as running; what needs no connector is done at once."""
        while lanes.place(self.holder) == lanes.BATCH:
            pass
        busy = {delivery.line for delivery, _order in self.working.values()}
        chosen = lanes.due(self.holder, limit, but=busy)
        if not chosen:
            return _Started(0, [])
        prepared = list(
            zip(chosen, orders.prepare(chosen, Way(self.connection, self.connector)), strict=True)
        )
        settling.nothing(self.holder, [(one, what) for one, what in prepared if isinstance(what, Nothing)])
        for one, what in prepared:
            if isinstance(what, Expand):
                self._expand(one, what)
        ready = [(one, what) for one, what in prepared if isinstance(what, Order)]
        running = brake.passing(self.holder, self._without_rivals(ready), self.connection)
        begun = settling.begin(self.holder, [one for one, _order in running])
        return _Started(len(chosen), [(one, order) for one, order in running if one.pk in begun])

    def _without_rivals(self, ready: Sequence[tuple[Delivery, Order]]) -> list[tuple[Delivery, Order]]:
        """Without leavers whose user name is also that of somebody who is there and in hand: whose account it
        is shows once that is done, and they are judged anew."""
        in_hand = [order for _delivery, order in (*ready, *self.working.values()) if order.person]
        there = {_name(order) for order in in_hand if not order.is_leaving}
        return [(one, order) for one, order in ready if not (order.is_leaving and _name(order) in there)]

    def _expand(self, delivery: Delivery, what: Expand) -> None:
        last = delivery.proof.get("expanded_to")
        source = wanted.source()
        found = source.members(
            delivery.integration_id,
            delivery.line,
            after=UUID(last) if last else None,
            limit=EXPANDED_AT_ONCE,
        )
        # Who has left is carried by their leaving alone: that may be held, or called off.
        known = source.people(delivery.integration_id, found)
        people = [pk for pk in found if pk in known and known[pk].is_active]
        last_one = found[-1] if len(found) == EXPANDED_AT_ONCE else None
        settling.expand(self.holder, delivery, Expansion(people, what.intent, last_one))


def _name(order: Order) -> str:
    return order.person.user_name.casefold() if order.person else ""


@dataclass(frozen=True, slots=True)
class _Started:
    """`seen`: how many deliveries were due; `orders`: those that a connector has to carry."""

    seen: int
    orders: list[tuple[Delivery, Order]]
