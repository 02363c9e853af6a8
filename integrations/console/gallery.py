"""Every component in every state on one page, for page builders and the browser tests (DEBUG only)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

STATES = ("ok", "warn", "bad", "info", "")
SCIM_URL = "https://idlcm.northwind.example/scim/v2/3f8a6c1e-52b7-4d0e-9a41-7c0d9b6e2f15"
DIFF = [
    {"attribute": "title", "before": "Content designer", "after": "Senior content designer"},
    {"attribute": "department", "before": "", "after": "Brand"},
]
BODY = """{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [{"op": "Replace"}]
}"""


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(max_length=80, help_text="How people call it.")
    address = forms.URLField(label="Sign-in page of the app", assume_scheme="https")
    owner = forms.ChoiceField(choices=[("marketing", "Marketing operations"), ("it", "IT operations")])
    note = forms.CharField(widget=forms.Textarea, required=False)
    overlap = forms.ChoiceField(
        label="Old token",
        choices=[("3600", "Keep it for 1 hour"), ("0", "Stop it now")],
        initial="3600",
        widget=forms.RadioSelect,
        help_text="Until it ends both tokens work.",
    )
    confirmed = forms.BooleanField(
        label="A second person must agree", help_text="Any Owner other than the asker."
    )

    def clean(self) -> dict[str, Any]:
        """Refuses every form, to show what an error of the whole form looks like."""
        self.add_error(None, "These values do not go together.")
        return self.cleaned_data


def gallery(request: HttpRequest) -> HttpResponse:
    """The page; `?dialog=form|locked` answers with that dialog alone, `&standalone=1` with it in the page."""
    kind = request.GET.get("dialog", "")
    dialog = f"console/_gallery_{kind}.html" if kind in {"form", "locked"} else ""
    standalone = "standalone" in request.GET
    page = dialog if dialog and not standalone else "console/gallery.html"
    return render(request, page, _samples() | {"dialog": dialog, "standalone": standalone, "dialog_id": kind})


def _samples() -> dict[str, Any]:
    now = timezone.now()
    return {
        "states": STATES,
        "leave_url": "/_components",
        "post_url": "/_components?dialog=locked",
        "return_to": "tokens-button",
        "scim_url": SCIM_URL,
        "moments": [now - timedelta(minutes=2), now + timedelta(days=100), now, None],
        "empty_form": SampleForm(prefix="empty"),
        "wrong_form": SampleForm({}, prefix="wrong"),
        "tabs": _tabs(),
        "menu_items": _menu_items(),
        "picker": [
            {"url": "#okta", "label": "Okta", "is_current": True},
            {"url": "#ping", "label": "PingOne"},
        ],
        "guide_steps": _guide_steps(),
        "people": ["Brand lead", "Content designer", "Payroll temp"],
        "diff": DIFF,
        "body": BODY,
        "steps": [
            {
                "title": "Request received",
                "icon": "arrow-in",
                "at": now,
                "body_label": "Request body",
                "body": BODY,
            },
            {
                "title": "Understood",
                "icon": "braces",
                "lines": ["Replace title", "Add 2 members"],
            },
            {"title": "2 attributes changed", "icon": "diff", "state": "ok", "at": now, "rows": DIFF},
            {"title": "Not recorded", "icon": "x", "state": "bad", "text": "The app answered 503."},
        ],
    }


def _tabs() -> list[dict[str, Any]]:
    return [
        {"url": "#settings", "label": "Settings", "current": "page"},
        {"url": "#users", "label": "Users", "count": 214},
        {"url": "#activity", "label": "Activity"},
    ]


def _guide_steps() -> list[dict[str, Any]]:
    template = {"kind": "copied", "id": "guide-template", "label": "Template", "value": BODY, "lines": 4}
    return [
        {
            "title": "Connect it",
            "where": ["Provisioning", "Integration", "Edit"],
            "settings": [
                {"kind": "copied", "id": "guide-url", "label": "Base URL", "value": SCIM_URL},
                {"kind": "token", "label": "Authorization"},
                {"kind": "set", "pairs": [("Create Users", "on"), ("Deactivate Users", "on")]},
            ],
            "then": "Press Test, then Save.",
            "is_done": True,
        },
        {"title": "Enter the template", "text": "Cut it to what the app needs.", "settings": [template]},
    ]


def _menu_items() -> list[dict[str, Any]]:
    return [
        {"label": "Generate new token", "url": "?dialog=form", "icon": "refresh", "opens_dialog": True},
        {"label": "Show the token again", "url": "?dialog=locked", "icon": "key", "opens_dialog": True},
        {},
        {"label": "Revoke", "url": "#revoke", "icon": "ban", "danger": True},
    ]
