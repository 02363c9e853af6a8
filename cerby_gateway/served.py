"""What granian serves: the product, behind a way in that waits for bodies (rsgi.py)."""

from __future__ import annotations

from django.db import connection

from cerby_gateway.rsgi import Application
from cerby_gateway.wsgi import application as wsgi

application = Application(wsgi, at_once=1 if connection.vendor == "sqlite" else 2)
