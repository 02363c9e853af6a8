"""The models that django-scim2's documentation asks for."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class Group(AbstractSCIMGroupMixin):
    name = models.CharField(max_length=200)


class User(AbstractSCIMUserMixin, AbstractUser):
    member_of = models.ManyToManyField(Group, related_name="user_set")

    @property
    def scim_groups(self) -> Any:
        return self.member_of
