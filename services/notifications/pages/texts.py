"""`/notifications/texts`: what organisations will read, in each language."""

from flask import Blueprint, request

from services.notifications import handlers
from services.notifications.pages import labels
from services.notifications.pages.frame import any_programme, show, use_zone_of
from web.access import allow, staff
from web.database import unit_of_work
from web.forms import Form
from web.language import current_language

texts = Blueprint("texts_pages", __name__, template_folder="templates")


@texts.route("/texts")
@allow(staff())
def show_texts() -> str:
    """All texts of a programme in one language, with example facts."""
    asked = request.args.get("text_language", "")
    language = asked if asked in labels.LANGUAGES else current_language()
    with unit_of_work() as uow:
        known = uow.programmes.all()
        programme = any_programme(uow, request.args.get("programme"))
        use_zone_of(programme)
        previews = handlers.preview_texts(programme, uow.now, language) if programme else []
    form = Form({"programme": programme.programme_id if programme else "", "text_language": language})
    return show("texts", programmes=known, programme=programme, previews=previews, language_shown=language, form=form)
