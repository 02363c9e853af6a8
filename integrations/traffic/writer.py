"""Writes one batch of journal entries: request rows, refusals by minute, latest contact, latest use of
tokens."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from integrations import tokens
from integrations.kit import transactions
from integrations.kit.prepared import Insert
from integrations.models import Integration
from integrations.traffic.entries import Accepted, Entry, RefusedUse
from integrations.traffic.models import Contact, MetQuirk, RefusedToken, RequestLog

_insert = Insert(RequestLog)
LEAST_WEIGHT = 4
LEAST_LEAD = 2
DELETED_MEANWHILE = 3
# Of the attributes set aside an integration keeps the latest.
MOST_SET_ASIDE = 50


def write(batch: Sequence[Entry]) -> None:
    """One transaction for the batch. Entries of an integration that was deleted meanwhile are left out.

    Another process may write of the same integrations: rows are locked before they are read and changed, in
    the order of their keys, so that nothing of either is lost and neither waits for the other for ever.
    """
    for _attempt in range(DELETED_MEANWHILE):
        try:
            return transactions.run(lambda: _write(batch))
        except IntegrityError:  # an integration was deleted after its rows were chosen: choose again
            continue
    return transactions.run(lambda: _write(batch))


def _write(batch: Sequence[Entry]) -> None:
    wanted = {_integration_id(entry) for entry in batch}
    # all-tenants: a batch spans integrations
    present = set(Integration.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    accepted = [
        entry for entry in batch if isinstance(entry, Accepted) and entry.row.integration_id in present
    ]
    refused = [entry for entry in batch if isinstance(entry, RefusedUse) and entry.integration_id in present]
    _insert.many([entry.row for entry in accepted if not entry.saved])
    _keep_quirks(accepted)
    _count_refusals(refused)
    idps_by_integration = _note_contacts(accepted)
    _note_uses(accepted, idps_by_integration)


def _integration_id(entry: Entry) -> UUID:
    return entry.row.integration_id if isinstance(entry, Accepted) else entry.integration_id


def _keep_quirks(accepted: Sequence[Accepted]) -> None:
    """Which habits each request showed. A row that a change kept may have been purged meanwhile."""
    met = {(entry.row.integration_id, code, entry.row.id) for entry in accepted for code in entry.quirks}
    kept = RequestLog.objects.filter(pk__in={pk for _integration, _code, pk in met})  # all-tenants: a batch
    present = set(kept.values_list("pk", flat=True)) if met else set()
    rows = [
        MetQuirk(integration_id=integration_id, code=code, request_id=pk)
        for integration_id, code, pk in sorted(met)
        if pk in present
    ]
    if rows:
        MetQuirk.objects.bulk_create(rows, ignore_conflicts=True)


def _count_refusals(refused: Sequence[RefusedUse]) -> None:
    groups: dict[tuple[UUID, datetime, str], list[RefusedUse]] = defaultdict(list)
    for entry in refused:
        groups[entry.integration_id, entry.at.replace(second=0, microsecond=0), entry.cause].append(entry)
    for (integration_id, minute, cause), uses in sorted(groups.items()):
        last = sorted(uses, key=lambda use: use.at)[-1]
        row, _made = RefusedToken.objects.select_for_update().get_or_create(
            integration_id=integration_id, minute=minute, cause=cause, defaults={"last_at": last.at}
        )
        row.count += len(uses)
        if row.last_at <= last.at:
            row.last_at, row.last_ip, row.last_user_agent = last.at, last.ip, last.user_agent[:200]
            row.last_request, row.last_token = last.request[:400], last.shown_token
        row.save()


def _note_contacts(accepted: Sequence[Accepted]) -> dict[UUID, str]:
    """Brings each integration's contact up to date; returns the IdP that each is taken for now."""
    groups: dict[UUID, list[Accepted]] = defaultdict(list)
    for entry in accepted:
        groups[entry.row.integration_id].append(entry)
    found: dict[UUID, str] = {}
    for integration_id, entries in sorted(groups.items()):
        contact, _made = Contact.objects.select_for_update().get_or_create(integration_id=integration_id)
        _bring_up_to_date(contact, entries)
        contact.save()
        found[integration_id] = contact.idp
    return found


def _bring_up_to_date(contact: Contact, entries: Sequence[Accepted]) -> None:
    heard = [entry.row for entry in entries if entry.row.status < 400 or entry.row.status == 404]
    if heard and contact.first_accepted_at is None:
        first = min(heard, key=lambda row: row.at)
        contact.first_accepted_at = first.at
        contact.first_request = f"{first.method} {first.path}"[:400]
    if heard:
        latest = max(row.at for row in heard)
        contact.last_accepted_at = max(filter(None, [contact.last_accepted_at, latest]))
    decisive = [entry.sighting.decisive for entry in entries if entry.sighting.decisive]
    contact.decisive_idp = decisive[-1] if decisive else contact.decisive_idp
    contact.quirks = sorted({*contact.quirks, *(code for entry in entries for code in entry.quirks)})
    for entry in sorted(entries, key=lambda entry: entry.row.at):
        _note_set_aside(contact, entry)
    seen = {tuple(signal) for signal in contact.signals}
    seen.update(signal for entry in entries for signal in entry.sighting.signals)
    contact.signals = sorted(seen)
    contact.idp = contact.decisive_idp or _heaviest(seen)


def _note_set_aside(contact: Contact, entry: Accepted) -> None:
    """The latest first, each name once in whatever case."""
    at = entry.row.at.isoformat()
    latest = [
        {"name": aside.name, "type": aside.type, "many": aside.many, "at": at} for aside in entry.set_aside
    ]
    by_name: dict[str, dict[str, object]] = {}
    for each in [*latest, *contact.set_aside]:
        by_name.setdefault(str(each["name"]).lower(), each)
    contact.set_aside = list(by_name.values())[:MOST_SET_ASIDE]


def _heaviest(signals: set[tuple[str, str, int]]) -> str:
    """Each signal counts once per connection; an IdP is named at weight 4 or more with a lead of 2."""
    weights = Counter[str]()
    for _signal, idp, weight in signals:
        weights[idp] += weight
    (first, most), (_second, next_most) = (*weights.most_common(2), ("", 0), ("", 0))[:2]
    return first if most >= LEAST_WEIGHT and most - next_most >= LEAST_LEAD else ""


def _note_uses(accepted: Sequence[Accepted], found: dict[UUID, str]) -> None:
    latest = {entry.token_id: entry.row for entry in sorted(accepted, key=lambda entry: entry.row.at)}
    for token_id, row in latest.items():
        tokens.note_use(
            token_id, at=row.at, ip=row.ip, user_agent=row.user_agent, idp=found.get(row.integration_id, "")
        )
