"""scim2-server with its people in memory, as its own command makes it, for a server that keeps connections.

granian --interface wsgi --workers 1 scim2_server_app:application
"""

from __future__ import annotations

from typing import Any

from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

config = load_default_service_provider_config()
config.authentication_schemes = [BEARER_TOKEN_SCHEME]
provider = ScimProvider.from_discovery(
    load_default_schemas().values(), load_default_resource_types().values(), config=config
)
served = BearerTokenApplication(
    InMemoryStorage(), provider, service=ScimService(provider, secret="bench" * 8), bearer_tokens=["bench"]
)


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """States the length of a body that is not there: granian's input cannot be read to an unknown end."""
    environ.setdefault("CONTENT_LENGTH", "0")
    return served(environ, start_response)
