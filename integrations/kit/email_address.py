"""What counts as a person's e-mail address."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from integrations.kit.errors import Refused

LONGEST = 254


def clean(text: str) -> str:
    """The address in small letters, without blanks around it. Raises Refused."""
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise _half() from error
    if len(email) > LONGEST:
        raise _half()
    return email


def _half() -> Refused:
    return Refused("email", _("Enter a whole e-mail address, such as ada@example.com."), "email")
