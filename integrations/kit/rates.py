"""How often somebody may ask. In memory: with several worker processes each counts for itself."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

limiter = MovingWindowRateLimiter(MemoryStorage())


def wait_s(item: RateLimitItem, *key: str) -> int:
    """Counts one more: 0 within the rate, else the seconds after which it is worth trying again."""
    if limiter.hit(item, *key):
        return 0
    reset = limiter.get_window_stats(item, *key).reset_time
    return max(1, math.ceil(reset - time.time()))


def said(item: RateLimitItem) -> str:
    """The rate as a sentence says it."""
    return f"{item.amount} requests in {item.get_expiry()} s"
