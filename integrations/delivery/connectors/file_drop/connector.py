"""File drop: each change, or everybody, as a file that the app fetches."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import (
    Accepted,
    Capability,
    Connector,
    Context,
    Done,
    Exchange,
    Failed,
    Finding,
    Intent,
    Kind,
    Limits,
    Mode,
    Order,
    Outcome,
    PermanentError,
    Person,
    Proof,
    Step,
    TransientError,
    Verdict,
    Verified,
)
from integrations.delivery.connectors.file_drop import changes, everybody, folder, names, rows, ssh
from integrations.delivery.connectors.file_drop import settings_form as chosen
from integrations.delivery.connectors.file_drop.drop import Drop, Put
from integrations.delivery.connectors.file_drop.formats import FORMATS, Row
from integrations.delivery.connectors.file_drop.places import Place, Trouble
from integrations.delivery.connectors.file_drop.sftp import Sftp
from integrations.kit import json_object

ANSWER_AFTER_MINUTES = 5
# A file with everybody is read, changed and written by one thread of an integration at a time; its lane
# belongs to one worker.
_locks: dict[str, threading.Lock] = {}


class FileDrop(Connector):
    """The app fetches files from a folder, or from an SFTP server."""

    kind = "file_drop"
    title = gettext_lazy("File drop")
    summary = gettext_lazy("Files in CSV or JSON lines, in a folder or on an SFTP server.")
    mode = Mode.STATE
    capabilities = frozenset(
        {
            *(Capability.CREATE, Capability.UPDATE, Capability.RENAME, Capability.ACTIVATE),
            *(Capability.DEACTIVATE, Capability.DELETE, Capability.GRANT, Capability.REVOKE),
            *(Capability.IDEMPOTENT, Capability.EVIDENCE),
        }
    )
    limits = Limits(width=4)
    settings_form = chosen.FileDropForm

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._open_place: Place | None = None
        self._trouble: Trouble | None = None
        self.format = FORMATS[self._set("format", "csv")]
        self.columns = rows.columns(self._set("columns", ""))
        self.is_full = self._set("content", chosen.CHANGES) == chosen.EVERYBODY
        self.answers = bool(context.settings.get("app_answers")) and not self.is_full

    def plan(self, order: Order) -> Sequence[Step]:
        row = rows.of(order, _person(order), self.columns)
        detail = "\n".join(f"{name}: {value}" for name, value in row.items() if value is not None)
        if self.is_full:
            leaves = order.intent is Intent.DELETE
            words = _("Take the row out of %(name)s.") if leaves else _("Write the row into %(name)s.")
            return [Step(words % {"name": self._full_name()}, detail)]
        steps = [Step(_("Write the file %(name)s.") % {"name": self._name(order)}, detail)]
        if self.answers:
            steps.append(Step(_("Look for the app's answer beside it."), effect=False))
        return steps

    def carry(self, order: Order) -> Outcome:
        person = _person(order)
        try:
            name, put = self._put(order, rows.of(order, person, self.columns))
        except Trouble as trouble:
            self._trouble = trouble
            return trouble.outcome
        words = _("%(name)s was put into %(place)s.") % {"name": name, "place": self._place().words}
        proof = Proof(words, put.receipt)
        if self.answers and not put.is_answered:
            minutes = self.context.settings.get("answer_minutes") or ANSWER_AFTER_MINUTES
            return Accepted(proof, timedelta(minutes=minutes))
        return Done(proof, ref=person.id, already=put.already)

    def test(self) -> Sequence[Finding]:
        if self._trouble:  # of a carry just now: a place cannot be tried without writing
            return [self._trouble.finding()]
        try:
            return self._place().look()
        except Trouble as trouble:
            return [trouble.finding()]

    def verify(self, order: Order) -> Verified:
        name = self._name(order)
        try:
            answer = names.read_answer(self._place().read(names.answer(name)))
            if answer is None:
                return Verified(Verdict.UNKNOWN, _("The app has not answered yet."))
            self.context.note(Exchange(_("Read the app's answer"), received=answer.reason))
            if not answer.is_done:
                raise PermanentError(_("The app says no: %s") % (answer.reason or _("it names no reason.")))
            seen = json_object.read(self._place().read(names.receipt(name)) or b"")
        except Trouble as trouble:
            raise TransientError(str(trouble)) from trouble
        words = answer.reason or _("The app answered that it is done.")
        return Verified(Verdict.MATCH, words, ref=_person(order).id, seen={**seen, "answer": "done"})

    def close(self) -> None:
        if self._open_place:
            self._open_place.close()
            self._open_place = None

    def _put(self, order: Order, row: Row) -> tuple[str, Put]:
        if not self.is_full:
            name = self._name(order)
            return name, changes.put(self._drop(), name, row, key=order.key, answers=self.answers)
        name = self._full_name()
        # The place is entered afterwards: its time does not run while others are at it.
        with _locks.setdefault(self.context.integration_id, threading.Lock()):
            return name, everybody.put(self._drop(), name, row, order=order)

    def _drop(self) -> Drop:
        return Drop(self._place(), self.format, self.columns, self.context.note)

    def _name(self, order: Order) -> str:
        return names.of_change(order, self.format.suffix)

    def _full_name(self) -> str:
        return f"{self._set('name', 'people')}.{self.format.suffix}"

    def _set(self, name: str, otherwise: str) -> str:
        return str(self.context.settings.get(name) or otherwise)

    def _server(self) -> ssh.Server:
        return ssh.Server(
            host=self._set("host", ""),
            port=int(self.context.settings.get("port") or 22),
            user_name=self._set("user_name", ""),
            fingerprints=self._set("host_key", "").split(),
        )

    def _place(self) -> Place:
        if self._open_place is None:
            self._open_place = self._enter()
        return self._open_place

    def _enter(self) -> Place:
        if self._set("place", chosen.SFTP) == chosen.FOLDER:
            return folder.enter(self.context.workspace, self._set("folder", ""), self.context.check)
        session = ssh.connect(self._server())
        try:
            session.require_known()
            way = self._set("sign_in", chosen.PASSWORD)
            session.sign_in(**{way: self._secret(way)})
            return Sftp(session, self._set("folder", ""), self.context.check)
        except BaseException:
            session.close()
            raise

    def _secret(self, name: str) -> str:
        """A secret that is missing is everybody's trouble, not one person's."""
        try:
            return self.context.secret(name)
        except PermanentError as error:
            raise Trouble(Failed(Kind.AUTH, str(error), _("Enter it in the delivery settings."))) from error


def _person(order: Order) -> Person:
    if order.person is None:
        raise PermanentError(_("Files tell of people, not of groups."))
    return order.person
