"""`/notifications/api/sms/reports`: where the SMS gateway says what became of each SMS."""

import hmac
from typing import Any

from flask import request

from services.notifications import handlers
from services.notifications.channels.sms import signature
from services.notifications.domain.refusals import SignatureWrong
from services.notifications.schemas import DeliveryReportSchema
from services.notifications.settings import sms_token
from web.access import allow, by_signature
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work

sms_reports = ApiBlueprint("sms_reports", __name__, description="Delivery reports of SMS.")

SIGNATURE_HEADER = "X-Frist-Signature"


@sms_reports.route("/sms/reports", methods=["POST"])
@allow(by_signature)
@sms_reports.arguments(DeliveryReportSchema)
@sms_reports.response(204)
def take_report(report: dict[str, Any]) -> None:
    """Take a report signed with `X-Frist-Signature: sha256=<HMAC of the body under the gateway's token>`.

    Reporting the same again changes nothing. A 503 asks for the report once more after `Retry-After` seconds: it came
    before the message was noted as sent.
    """
    token, signed = sms_token(), request.headers.get(SIGNATURE_HEADER, "")
    if not token or not hmac.compare_digest(signature(token, request.get_data()).encode(), signed.encode()):
        raise SignatureWrong(f"Sign the body with the gateway's token and send it in {SIGNATURE_HEADER}.")
    with unit_of_work() as uow:
        handlers.take_report(report["reference"], report["status"], uow)
