from datetime import timedelta
from django.utils import timezone
from integrations.models import Role
from tests import factories
from tests.browser.conftest import picture, audit, overflow
from tests.browser.test_tasks import by_hand, idp, payroll, leaves  # noqa
from tests.db import console
from integrations.delivery.models import Task
from integrations.delivery import worker, tasks


def test_shots(open_page, live_server, boss, northwind, by_hand, idp, payroll, time_machine):
    leaves(idp, payroll)
    anna = factories.make_member(northwind, Role.MEMBER, "finance.ops@northwind.example")
    qb = factories.make_integration(northwind, "QuickBooks Online")
    factories.make_task(qb, "Add tax.advisor as reader", assignee=anna, due_in=timedelta(minutes=-35))
    factories.make_task(qb, "Remove payroll.temp", assignee=boss, due_in=timedelta(minutes=80))
    factories.make_task(qb, "Change e-mail of ap.clerk", due_in=timedelta(days=3))
    mine = Task.objects.get(state="open", integration=by_hand)
    mine.refresh_from_db()
    tasks.tick(tasks.find(boss, mine.pk), 0, done=True, by=boss)
    tasks.finish(tasks.find(boss, mine.pk), note="x", by=boss)
    from integrations.delivery.models import AppAccount

    AppAccount.objects.update(roles=["Editors", "Approvers"])
    idp.person("campaign.analyst")
    idp.person("content.designer", active=True)
    page = open_page(boss, f"/w/{northwind.slug}/tasks/?show=open")
    paths = {
        "tasks": f"/w/{northwind.slug}/tasks/?show=open",
        "mine": f"/w/{northwind.slug}/tasks/",
        "task": f"/w/{northwind.slug}/tasks/{mine.pk}/",
        "users": console.path("people:users", by_hand),
        "user": console.path("people:user", by_hand, user_id=payroll),
        "members": f"/w/{northwind.slug}/members/",
    }
    for name, path in paths.items():
        page.goto(live_server.url + path)
        for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390), ("light", 320)):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"/tmp/shots/{name}-{scheme}-{width}.png", full_page=True, caret="initial")
            assert audit(page) == [] and overflow(page) == 0, (
                name,
                scheme,
                width,
                audit(page),
                overflow(page),
            )
