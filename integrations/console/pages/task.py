"""One task: what for, its steps, who has it, the proof that it is done."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from integrations import roles
from integrations.console import mail, task_story
from integrations.console.access import View, member_page
from integrations.console.forms.tasks import GiveForm, ProofForm
from integrations.delivery.hands import tasks
from integrations.delivery.models import Task
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Membership
from integrations.roles import Action

# A file comes from people: whatever it holds, no browser runs it.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def task_page(view: View) -> View:
    """The view is called as `view(request, member, task, **rest)`.

    A Member who sends a form for a task that is somebody else's by now is told so, with the note kept.
    """

    @member_page(Action.TASK_DO)
    @wraps(view)
    def opened(request: HttpRequest, member: Membership, task_id: UUID, **rest: Any) -> HttpResponse:
        try:
            found = tasks.find(member, task_id)
        except Http404:
            why = tasks.why_gone(member.workspace, task_id) if request.method == "POST" else ""
            if not why:
                raise
            return _gone(request, member, why)
        return view(request, member, found, **rest)

    return opened


@task_page
def task(request: HttpRequest, member: Membership, found: Task) -> HttpResponse:
    """The page, and what ends the task: a note or files that show that it is done."""
    if request.method != "POST":
        return _shown(request, member, found)
    form = ProofForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            tasks.finish(found, note=form.cleaned_data["note"], files=form.evidence(), by=member)
        except NotAllowed:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Done: %(title)s.") % {"title": found.title})
            return redirect("console:tasks", member.workspace.slug)
    found.refresh_from_db()
    return _shown(request, member, found, form=form)


@require_POST
@task_page
def task_steps(request: HttpRequest, member: Membership, found: Task) -> HttpResponse:
    """Notes what was ticked or unticked since the form was shown; other people's ticks stay."""
    shown, ticked = set(request.POST.getlist("was")), set(request.POST.getlist("step"))
    try:
        for number in shown ^ ticked:
            is_number = number.isascii() and number.isdecimal() and len(number) < 10
            step = int(number) if is_number else -1
            found = tasks.tick(found, step, done=number in ticked, by=member)
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, refused.message)
        if getattr(request, "htmx", False):
            return HttpResponseClientRefresh()
    if getattr(request, "htmx", False):
        return render(request, "console/_checklist.html", task_story.checklist(found))
    return _back(found)


@require_POST
@task_page
def task_take(request: HttpRequest, member: Membership, found: Task) -> HttpResponse:
    said = _("You have taken this task.")
    return _done(request, found, lambda: tasks.take(found, by=member), said=said)


@require_POST
@task_page
def task_give_back(request: HttpRequest, member: Membership, found: Task) -> HttpResponse:
    said = _("Nobody has this task now: whoever takes it does it.")
    return _done(request, found, lambda: tasks.give_back(found, by=member), said=said)


@require_POST
@task_page
def task_give(request: HttpRequest, member: Membership, found: Task) -> HttpResponse:
    """Gives the task to a member, who is told by mail."""
    roles.require(member, Action.DELIVERY_MANAGE)
    form = GiveForm(_members(member), request.POST)
    if not form.is_valid():
        return _shown(request, member, found, give_form=form)
    to = form.member()

    def give() -> Task:
        given = tasks.give(found, to, by=member)
        if found.assignee_id != to.pk:
            mail.tell_of_task(given, to, giver=member)
        return given

    return _done(request, found, give, said=_("%(person)s has this task now.") % {"person": to.user.email})


@require_safe
@task_page
def task_file(_request: HttpRequest, _member: Membership, found: Task, *, file_id: UUID) -> HttpResponse:
    """A file of the proof, to be kept on disk and never to be opened here."""
    file = found.files.filter(pk=file_id).first()
    if file is None:
        raise Http404
    attached = content_disposition_header(as_attachment=True, filename=file.name)
    headers = {
        "Content-Disposition": attached or "attachment",
        "Content-Security-Policy": FILE_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(file.content), content_type=file.content_type, headers=headers)


def _gone(request: HttpRequest, member: Membership, why: str) -> HttpResponse:
    """Says why, with the note that was not saved; a fragment leads back to the list."""
    if getattr(request, "htmx", False):
        messages.error(request, why)
        return HttpResponseClientRedirect(reverse("console:tasks", args=[member.workspace.slug]))
    context = {"why": why, "note": request.POST.get("note", "")}
    return render(request, "console/task_gone.html", context, status=422)


def _shown(
    request: HttpRequest,
    member: Membership,
    found: Task,
    *,
    form: ProofForm | None = None,
    give_form: GiveForm | None = None,
) -> HttpResponse:
    """The page; with a form that came back, as 422."""
    may_give = roles.may(member, Action.DELIVERY_MANAGE)
    context = {
        **task_story.of(member, found),
        **task_story.checklist(found),
        "form": form or ProofForm(),
        "give_form": give_form or (GiveForm(_members(member)) if may_give else None),
        "is_mine": found.assignee_id == member.pk,
        "may_give": may_give,
        "kept_note": form.data.get("note", "") if form else "",
    }
    return render(request, "console/task.html", context, status=422 if form or give_form else 200)


def _done(request: HttpRequest, found: Task, act: Callable[[], Task], *, said: str) -> HttpResponse:
    try:
        act()
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, said)
    return _back(found)


def _back(found: Task) -> HttpResponse:
    return redirect("console:task", found.integration.workspace.slug, found.pk)


def _members(member: Membership) -> list[Membership]:
    rows = Membership.objects.for_workspace(member.workspace).filter(user__is_active=True)
    return list(rows.select_related("user", "workspace").order_by("user__email", "pk"))
