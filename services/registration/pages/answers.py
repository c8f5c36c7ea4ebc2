"""Forms that the organisation and staff on its behalf share: the inventory and the contact data."""

from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext as _

from services.registration.domain.case import Case
from services.registration.domain.contact import CONTACT_FACTS, Contact, whole_phone
from services.registration.storage.programmes import Programme
from web.forms import Form

HELP = "help"
"""The field that says which topics help is wanted with."""
HELP_FORMS = "help_forms"
"""The field that says which forms of help suit."""


@dataclass(frozen=True)
class Answers:
    """The inventory as sent; of topics and forms of help only those that the programme has."""

    levels: dict[str, int]
    topics: list[str]
    help_forms: list[str]


def level_field(topic: str) -> str:
    """The name of a topic's question."""
    return f"level-{topic}"


def inventory_form(case: Case) -> Form:
    """The inventory as answered before, or empty; the forms of help are those accepted so far."""
    levels = {level_field(topic): level for topic, level in (case.levels or {}).items()}
    return Form({**levels, HELP: case.topics, HELP_FORMS: case.help_forms})


def inventory_answers(programme: Programme) -> tuple[Form, Answers]:
    """The inventory as sent: the form with what is missing, and the answers in it."""
    form = Form({name: request.form.getlist(name) for name in request.form})
    levels: dict[str, int] = {}
    for topic in programme.topics:
        answer = request.form.get(level_field(topic), "")
        if answer in {"0", "1", "2", "3"}:
            levels[topic] = int(answer)
        else:
            form.add_error(level_field(topic), _("Choose an answer."))
    topics = [topic for topic in request.form.getlist(HELP) if topic in programme.topics]
    help_forms = [one for one in request.form.getlist(HELP_FORMS) if one in programme.help_forms]
    if not help_forms:
        form.add_error(HELP_FORMS, _("Choose at least one form of help."))
    return form, Answers(levels, topics, help_forms)


def contact_of(form: Form, country: str, *, has_address: bool) -> Contact:
    """The contact data in a form that was sent, which says all that is wrong with them.

    `has_address`: a postal address is known, so that none need be given for letters.
    """
    given = {name: value for name in CONTACT_FACTS if (value := form.value(name).strip())}
    contact = Contact(organisation_name=form.value("name").strip(), **given)
    needs_address = "channel" in given and not has_address
    for refusal in replace(contact, phone=whole_phone(contact.phone, country)).refusals():
        if refusal.field != "address" or needs_address:
            form.refuse(refusal)
    return contact


def contact_form(contact: Contact | None) -> Form:
    """The contact data as they are."""
    if contact is None:
        return Form({"channel": "email", "language": "da"})
    return Form({**vars(contact), "name": contact.organisation_name})
