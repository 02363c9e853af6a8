"""Addresses of the management API; people and groups have theirs in scim/api/urls.py."""

from __future__ import annotations

from django.urls import include, path

from integrations.api.resource import routes
from integrations.api.views import docs
from integrations.api.views.connectors import Connection, Connectors
from integrations.api.views.deliveries import Deliveries
from integrations.api.views.delivery import DeliverySettings
from integrations.api.views.integrations import Integrations
from integrations.api.views.records import Audit, Changes, Requests
from integrations.api.views.tasks import Tasks
from integrations.api.views.tokens import Tokens
from integrations.api.views.workspace import Invitations, Members, Workspaces

app_name = "api"

of_integration = [
    path(
        "", routes(Integrations, get="retrieve", patch="partial_update", delete="destroy"), name="integration"
    ),
    path("archive/", routes(Integrations, post="archive"), name="integration-archive"),
    path("restore/", routes(Integrations, post="restore"), name="integration-restore"),
    path("pause/", routes(Integrations, post="pause"), name="integration-pause"),
    path("resume/", routes(Integrations, post="resume"), name="integration-resume"),
    path("tokens/", routes(Tokens, get="list", post="create"), name="tokens"),
    path("tokens/rotate/", routes(Tokens, post="rotate"), name="tokens-rotate"),
    path("tokens/cancel/", routes(Tokens, post="cancel"), name="tokens-cancel"),
    path("tokens/<uuid:token_id>/revoke/", routes(Tokens, post="revoke"), name="token-revoke"),
    path("connector/", routes(Connection, get="retrieve", put="update"), name="connection"),
    path("connector/test/", routes(Connection, post="test"), name="connection-test"),
    path("connector/plan/", routes(Connection, post="plan"), name="connection-plan"),
    path("delivery/", routes(DeliverySettings, get="retrieve", patch="partial_update"), name="delivery"),
    path("delivery/start/", routes(DeliverySettings, post="start"), name="delivery-start"),
    path("delivery/stop/", routes(DeliverySettings, post="stop"), name="delivery-stop"),
    path("delivery/replan/", routes(DeliverySettings, post="replan"), name="delivery-replan"),
    path("delivery/stop-planning/", routes(DeliverySettings, post="stop_planning"), name="planning-stop"),
    path("deliveries/", routes(Deliveries, get="list"), name="deliveries"),
    path("deliveries/retry/", routes(Deliveries, post="retry"), name="deliveries-retry"),
    path("deliveries/skip/", routes(Deliveries, post="skip"), name="deliveries-skip"),
    path("deliveries/replay/", routes(Deliveries, post="replay"), name="deliveries-replay"),
    path("deliveries/<uuid:delivery_id>/", routes(Deliveries, get="retrieve"), name="delivery-record"),
    path("changes/", routes(Changes, get="list"), name="changes"),
    path("requests/", routes(Requests, get="list"), name="requests"),
    path("requests/<uuid:request_id>/", routes(Requests, get="retrieve"), name="request"),
]

urlpatterns = [
    path("workspace/", routes(Workspaces, get="retrieve"), name="workspace"),
    path("members/", routes(Members, get="list"), name="members"),
    path(
        "members/<uuid:member_id>/",
        routes(Members, get="retrieve", patch="partial_update", delete="destroy"),
        name="member",
    ),
    path("invitations/", routes(Invitations, get="list", post="create"), name="invitations"),
    path("invitations/<uuid:invitation_id>/", routes(Invitations, delete="destroy"), name="invitation"),
    path("integrations/", routes(Integrations, get="list", post="create"), name="integrations"),
    path("integrations/<uuid:integration_id>/", include(of_integration)),
    path("connectors/", routes(Connectors, get="list"), name="connectors"),
    path("tasks/", routes(Tasks, get="list"), name="tasks"),
    path("tasks/<uuid:task_id>/", routes(Tasks, get="retrieve"), name="task"),
    path("tasks/<uuid:task_id>/take/", routes(Tasks, post="take"), name="task-take"),
    path("tasks/<uuid:task_id>/give-back/", routes(Tasks, post="give_back"), name="task-give-back"),
    path("tasks/<uuid:task_id>/finish/", routes(Tasks, post="finish"), name="task-finish"),
    path("audit/", routes(Audit, get="list"), name="audit"),
    path("schema/", docs.Schema.as_view(), name="schema"),
    path("docs/", docs.docs, name="docs"),
]
