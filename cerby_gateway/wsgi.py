"""The WSGI application, for granian or any other WSGI server."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cerby_gateway.settings")
application = get_wsgi_application()
# What was loaded lives as long as the process: the collector need not look through it again and again, with
# every request waiting meanwhile.
gc.collect()
gc.freeze()
