"""Answers that are given again to whoever sends the same request again."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from integrations.models import ApiKey


class KeptAnswer(models.Model):
    """The answer to a request that made something, under its Idempotency-Key.

    It is written in the transaction of what was made: there is both, or neither. Its content opens with the
    text of the API key that asked, and with nothing that is kept here.
    """

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+", db_index=False)
    # SHA-256 of the Idempotency-Key, and of what was asked: method, path and body.
    key_hash = models.CharField(max_length=64)
    asked_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    content = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_key", "key_hash"], name="answer_kept_once")]
        indexes = [models.Index(fields=["created_at"], name="answer_by_age")]

    def __str__(self) -> str:
        return f"answer {self.status} of {self.api_key_id}"
