"""What goes out: changes, the duties to carry them into the app, each try, and what people do by hand."""

from integrations.delivery.models.accounts import AppAccount, SyncRun
from integrations.delivery.models.changes import Change
from integrations.delivery.models.connections import AppConnection
from integrations.delivery.models.deliveries import Attempt, Delivery, HeldBatch, Lane, Planning
from integrations.delivery.models.tasks import Task, TaskFile

__all__ = [
    "AppAccount",
    "AppConnection",
    "Attempt",
    "Change",
    "Delivery",
    "HeldBatch",
    "Lane",
    "Planning",
    "SyncRun",
    "Task",
    "TaskFile",
]
