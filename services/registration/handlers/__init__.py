"""What registration does: one function for each use case, over one unit of work."""

from services.registration.handlers.applying import apply_programme, put_municipalities, put_postcodes
from services.registration.handlers.assessing import assess_case
from services.registration.handlers.closing import CloseCase, close_case, erase_case, mark_unreachable, withdraw_case
from services.registration.handlers.contacting import change_contact, replace_link, send_link_again
from services.registration.handlers.importing import break_off_abandoned, import_next_rows
from services.registration.handlers.placing import follow_placements
from services.registration.handlers.registering import (
    RegisterOrganisation,
    Registration,
    register_again,
    register_organisation,
)
from services.registration.handlers.signing_in import (
    end_staff_sessions,
    make_sign_in_link,
    put_staff,
    request_sign_in,
    spend_sign_in,
)

__all__ = [
    "CloseCase",
    "RegisterOrganisation",
    "Registration",
    "apply_programme",
    "assess_case",
    "break_off_abandoned",
    "change_contact",
    "close_case",
    "end_staff_sessions",
    "erase_case",
    "follow_placements",
    "import_next_rows",
    "make_sign_in_link",
    "mark_unreachable",
    "put_municipalities",
    "put_postcodes",
    "put_staff",
    "register_again",
    "register_organisation",
    "replace_link",
    "request_sign_in",
    "send_link_again",
    "spend_sign_in",
    "withdraw_case",
]
