"""HTTP for programs: `BLUEPRINTS` are all of notifications'."""

from services.notifications.api.letter_batches import letter_batches
from services.notifications.api.messages import messages
from services.notifications.api.sms_reports import sms_reports
from services.notifications.api.texts import texts

BLUEPRINTS = (messages, letter_batches, texts, sms_reports)
