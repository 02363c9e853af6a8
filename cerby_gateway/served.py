"""What granian serves: the product, behind a way in that waits for bodies (rsgi.py)."""

from __future__ import annotations

from cerby_gateway.rsgi import Application
from cerby_gateway.wsgi import application as wsgi

application = Application(wsgi)
