"""Where an app says later what became of a delivery that it took: for programs, without a session."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from limits import RateLimitItemPerMinute

from integrations.delivery.turns import answers
from integrations.kit import context, rates
from integrations.kit.errors import Refused

LARGEST_BYTES = 16 * 1024
EARLY_AGAIN_S = 10
# Only what is refused is counted: whoever signs truly never meets this.
REFUSED_PER_ADDRESS = RateLimitItemPerMinute(60)
STATUSES = {"unknown": 404, "signature": 401, "form": 400, "early": 409}


@csrf_exempt  # nobody is signed in here: the signature says who sends
@require_POST
def callback(request: HttpRequest, key: str) -> JsonResponse:
    """{"status": "done" | "failed", "reason"}, signed as messages to the app are.

    Answers JSON; of what is refused no more than the kind of fault.
    """
    body = request.read(LARGEST_BYTES + 1)
    if len(body) > LARGEST_BYTES:
        return _refusal(413, _("The body is larger than 16 KiB."))
    try:
        delivery = answers.take(key, body, request.headers)
    except Refused as refused:
        return _refusal(STATUSES[refused.code], refused.message)
    return JsonResponse({"status": delivery.status})


def _refusal(status: int, words: str) -> JsonResponse:
    """Whoever is refused time and again is asked to wait."""
    here = context.current.get().ip or ""
    if status == STATUSES["early"]:
        return JsonResponse({"error": words}, status=status, headers={"Retry-After": str(EARLY_AGAIN_S)})
    wait_s = rates.wait_s(REFUSED_PER_ADDRESS, "callback", here)
    if not wait_s:
        return JsonResponse({"error": words}, status=status)
    too_many = _("Too many answers from this address were refused.")
    return JsonResponse({"error": too_many}, status=429, headers={"Retry-After": str(wait_s)})
