"""What granian serves: the product, behind a way in that waits for bodies (rsgi.py)."""

from __future__ import annotations

from django.db import connection

from cerby_gateway import wsgi  # first: it sets Django up, which the way in needs to be imported
from cerby_gateway.rsgi import Application

application = Application(wsgi.application, at_once=1 if connection.vendor == "sqlite" else 2)
