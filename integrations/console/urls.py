"""Addresses within a workspace."""

from __future__ import annotations

from django.urls import include, path

from integrations.console.pages import (
    activity,
    audit,
    connected_services,
    connection,
    connector,
    deliveries,
    delivery,
    delivery_record,
    general,
    held,
    integrations,
    meaning,
    members,
    replay,
    task,
    tasks,
    tokens,
    workspace,
)

app_name = "console"

of_integration = [
    path("", general.settings, name="integration"),
    path("settings/", general.settings, name="settings"),
    path("settings/general/", general.general, name="general"),
    path("settings/general/archive/", general.archive, name="archive"),
    path("settings/general/restore/", general.restore, name="restore"),
    path("settings/general/delete/", general.delete, name="delete"),
    path("settings/connected-services/", connected_services.connected_services, name="connected-services"),
    path("settings/connected-services/connection/", connection.connection, name="connection"),
    path("settings/connected-services/tokens/", tokens.token_generate, name="token-generate"),
    path("settings/connected-services/tokens/new/", tokens.token_new, name="token-new"),
    path(
        "settings/connected-services/tokens/<uuid:token_id>/revoke/", tokens.token_revoke, name="token-revoke"
    ),
    path("settings/delivery/", delivery.delivery, name="delivery"),
    path("settings/delivery/connectors/", connector.delivery_connectors, name="delivery-connectors"),
    path("settings/delivery/connector/", connector.delivery_connector, name="delivery-connector"),
    path("settings/delivery/test/", delivery.delivery_test, name="delivery-test"),
    path("settings/delivery/plan/", delivery.delivery_plan, name="delivery-plan"),
    path("settings/delivery/on/", delivery.delivery_on, name="delivery-on"),
    path("settings/delivery/off/", delivery.delivery_off, name="delivery-off"),
    path("settings/delivery/pause/", delivery.delivery_pause, name="delivery-pause"),
    path("settings/delivery/resume/", delivery.delivery_resume, name="delivery-resume"),
    path("settings/delivery/everybody/", delivery.delivery_replan, name="delivery-replan"),
    path("settings/delivery/roles/", meaning.delivery_roles, name="delivery-roles"),
    path("settings/delivery/attributes/", meaning.delivery_attributes, name="delivery-attributes"),
    path("settings/delivery/policies/", meaning.delivery_policies, name="delivery-policies"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/selected/", deliveries.deliveries_selected, name="deliveries-selected"),
    path("deliveries/held/", held.deliveries_held, name="deliveries-held"),
    path("deliveries/replay/", replay.deliveries_replay, name="deliveries-replay"),
    path("deliveries/<uuid:delivery_id>/", delivery_record.delivery_record, name="delivery-record"),
    path("deliveries/<uuid:delivery_id>/retry/", delivery_record.delivery_retry, name="delivery-retry"),
    path("deliveries/<uuid:delivery_id>/skip/", delivery_record.delivery_skip, name="delivery-skip"),
    path("deliveries/<uuid:delivery_id>/edit/", delivery_record.delivery_edit, name="delivery-edit"),
    path(
        "deliveries/<uuid:delivery_id>/hand-over/",
        delivery_record.delivery_hand_over,
        name="delivery-hand-over",
    ),
    path("activity/", activity.activity, name="activity"),
    path("activity/<uuid:request_id>/", activity.activity_request, name="activity-request"),
]

urlpatterns = [
    path("integrations/", integrations.integrations, name="integrations"),
    path("integrations/new/", integrations.integration_new, name="integration-new"),
    path("integrations/<uuid:integration_id>/", include(of_integration)),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<uuid:task_id>/", task.task, name="task"),
    path("tasks/<uuid:task_id>/steps/", task.task_steps, name="task-steps"),
    path("tasks/<uuid:task_id>/take/", task.task_take, name="task-take"),
    path("tasks/<uuid:task_id>/give/", task.task_give, name="task-give"),
    path("tasks/<uuid:task_id>/give-back/", task.task_give_back, name="task-give-back"),
    path("tasks/<uuid:task_id>/files/<uuid:file_id>/", task.task_file, name="task-file"),
    path("members/", members.members, name="members"),
    path("members/invite/", members.member_invite, name="member-invite"),
    path(
        "members/invitations/<uuid:invitation_id>/withdraw/",
        members.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path("members/<uuid:member_id>/role/", members.member_role, name="member-role"),
    path("members/<uuid:member_id>/access/", members.member_access, name="member-access"),
    path("members/<uuid:member_id>/remove/", members.member_remove, name="member-remove"),
    path("audit/", audit.audit, name="audit"),
    path("settings/", workspace.workspace, name="workspace"),
    path("help/reach/", connected_services.help_reach, name="help-reach"),
]
