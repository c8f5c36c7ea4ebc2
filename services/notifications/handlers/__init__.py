"""Notifications' use cases: what is learnt, what is planned, what is sent."""

from services.notifications.handlers.bookings import tell_places
from services.notifications.handlers.cases import (
    forget_case,
    learn_contacts,
    learn_states,
    receive_registrations,
    send_links_again,
)
from services.notifications.handlers.invitations import invite_to_sign_in, invite_to_surveys
from services.notifications.handlers.letters import print_letters, tidy_letters
from services.notifications.handlers.planning import plan_reminders
from services.notifications.handlers.previews import Preview, preview_texts
from services.notifications.handlers.programmes import keep_municipalities, keep_programme
from services.notifications.handlers.returns import return_letter, take_report
from services.notifications.handlers.sending import release_abandoned, send_bulk, send_urgent

__all__ = [
    "Preview",
    "forget_case",
    "invite_to_sign_in",
    "invite_to_surveys",
    "keep_municipalities",
    "keep_programme",
    "learn_contacts",
    "learn_states",
    "plan_reminders",
    "preview_texts",
    "print_letters",
    "receive_registrations",
    "release_abandoned",
    "return_letter",
    "send_bulk",
    "send_links_again",
    "send_urgent",
    "take_report",
    "tell_places",
    "tidy_letters",
]
