"""What an admin enters to connect an app by its SCIM."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import SettingsForm

BEARER, BASIC = "bearer", "basic"
SECRET_OF = {BEARER: "token", BASIC: "password"}


class ScimForm(SettingsForm):
    """A box that is not ticked, and a choice that is not made, mean what most apps need."""

    secret_fields = ("token", "password")

    base_url = forms.URLField(
        label=gettext_lazy("SCIM address of the app"),
        assume_scheme="https",
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://app.example.com/scim/v2"}),
        help_text=gettext_lazy("The app calls it SCIM base URL or tenant URL. It ends before /Users."),
    )
    sign_in = forms.ChoiceField(
        label=gettext_lazy("How the gateway signs in"),
        choices=[
            (BEARER, gettext_lazy("With a token")),
            (BASIC, gettext_lazy("With a user name and a password")),
        ],
        required=False,
        help_text=gettext_lazy("Most apps give out a token."),
    )
    token = forms.CharField(
        label=gettext_lazy("Token"),
        max_length=8000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The app makes it on its page for provisioning. It is kept sealed."),
    )
    user_name = forms.CharField(
        label=gettext_lazy("User name"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Of the account in the app that may manage users."),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Of the same account. It is kept sealed."),
    )
    leaves_groups = forms.BooleanField(
        label=gettext_lazy("Leave the app's groups alone"),
        required=False,
        help_text=gettext_lazy("Only people are sent. Who is in which group is managed in the app."),
    )
    takes_over = forms.BooleanField(
        label=gettext_lazy("Take over what another system made"),
        required=False,
        help_text=gettext_lazy(
            "An account or a group with the right name, but the external id of another system, becomes this "
            "gateway's. Without it the delivery stops and says so."
        ),
    )
    clears = forms.BooleanField(
        label=gettext_lazy("Empty what the identity provider leaves empty"),
        required=False,
        help_text=gettext_lazy(
            "Title, department, phone numbers and the like are removed in the app where the identity "
            "provider has none. Without it they stay."
        ),
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        needed = SECRET_OF[self._sign_in()]
        for name in self.secret_fields:
            self.fields[name].required = name == needed
        self.fields["user_name"].required = needed == "password"

    def clean_sign_in(self) -> str:
        return self._sign_in()

    def clean_base_url(self) -> str:
        url = str(self.cleaned_data["base_url"])
        if "?" in url or "#" in url:
            raise forms.ValidationError(_("Leave out what begins with ? or #."))
        return url.rstrip("/")

    def _sign_in(self) -> str:
        chosen = cast("str", self.data.get("sign_in"))
        return chosen if chosen in SECRET_OF else BEARER
