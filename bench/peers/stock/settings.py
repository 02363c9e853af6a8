"""Stock django-scim2 on the user model of its documentation, with the product's database settings."""

from __future__ import annotations

import os
from typing import Any

SECRET_KEY = "bench"
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "stock.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "stock"]
MIDDLEWARE = ["stock.door.bearer", "django_scim.middleware.SCIMAuthCheckMiddleware"]
AUTH_USER_MODEL = "stock.User"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": os.environ.get("STOCK_SQLITE", ""),
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; "
        "PRAGMA cache_size=-20000; PRAGMA mmap_size=0;",
    },
}
POSTGRES: dict[str, Any] = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": os.environ.get("STOCK_POSTGRES_NAME", ""),
    "HOST": os.environ.get("STOCK_POSTGRES_HOST", ""),
    "PORT": os.environ.get("STOCK_POSTGRES_PORT", ""),
    "USER": os.environ.get("STOCK_POSTGRES_USER", ""),
    "PASSWORD": os.environ.get("STOCK_POSTGRES_PASSWORD", ""),
}
# Connections stay, as the gateway's do.
DATABASES = {"default": {**(SQLITE if SQLITE["NAME"] else POSTGRES), "CONN_MAX_AGE": None}}
SCIM_SERVICE_PROVIDER = {
    "NETLOC": "localhost",
    "SCHEME": "http",
    "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "bench", "primary": True}],
    "GROUP_MODEL": "stock.models.Group",
}
