"""No time limit for a single made-up example: on a busy machine it would fail tests at random."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
