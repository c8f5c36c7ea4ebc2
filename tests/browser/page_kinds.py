"""Every kind of page there is, by its endpoint: where to find one, and who looks at it.

`{...}` are filled in from what `tests/browser/world.py` sets up. `test_page_kinds.py` fails when a page is missing here.
"""

from typing import Literal

Viewer = Literal["visitor", "operator"]

OPEN: dict[str, str] = {
    "front.home": "/",
    "front.accessibility": "/accessibility",
    "front.privacy": "/privacy",
    "front.problem_type": "/problems/seat_taken",
    "registering.choose_programme": "/registration/register",
    "registering.ask_number": "/registration/register/{programme}",
    "own_case.show": "/registration/case/{booked}",
    "own_case.ask_inventory": "/registration/case/{registered}/inventory",
    "own_case.ask_contact": "/registration/case/{booked}/contact",
    "own_case.ask_withdrawal": "/registration/case/{booked}/withdraw",
    "own_case.find": "/registration/find-case",
    "signing_in.ask_email": "/registration/sign-in",
    "signing_in.confirm": "/registration/sign-in/{sign_in}",
    "own_seat_pages.place": "/scheduling/case/{booked}",
    "own_seat_pages.seats": "/scheduling/case/{booked}/seats",
    "own_seat_pages.ask_cancel": "/scheduling/case/{booked}/cancel",
    "dashboard.show_dashboard": "/reporting/dashboard?programme={programme}",
    "dashboard.show_municipality": "/reporting/municipalities/{municipality}?programme={programme}",
    "reports_pages.list_reports": "/reporting/reports?programme={programme}",
    "reports_pages.show_report": "/reporting/reports/{report}",
    "survey.show_survey": "{survey}",
}
"""What everybody sees, without signing in or by a link of their own."""

STAFF: dict[str, str] = {
    "staff_cases.search": "/registration/cases",
    "staff_cases.show": "/registration/cases/{booked_case}",
    "staff_cases.ask_inventory": "/registration/cases/{booked_case}/inventory",
    "staff_cases.ask_contact": "/registration/cases/{booked_case}/contact",
    "staff_cases.ask_erasure": "/registration/cases/{booked_case}/erase",
    "walk_in.show_answered": "/registration/cases/{booked_case}/answered",
    "overview.list_programmes": "/registration/programmes",
    "overview.show_programme": "/registration/programmes/{programme}",
    "importing.list_imports": "/registration/imports",
    "importing.show_import": "/registration/imports/{import_run}",
    "day_pages.show_day": "/scheduling/day?coach_id={coach}&date={today}",
    "day_pages.ask_attendance": "/scheduling/bookings/{booking}",
    "coach_pages.week": "/scheduling/coach/{coach}",
    "municipality_pages.country": "/scheduling/capacity",
    "municipality_pages.week": "/scheduling/municipality/{municipality}",
    "sessions_pages.show_session": "/scheduling/sessions/{session}",
    "sessions_pages.ask_course": "/scheduling/coach/{coach}/course",
    "waiting_pages.line": "/scheduling/municipality/{municipality}/waiting",
    "waiting_pages.ask_seat": "/scheduling/cases/{booked_case}/seat",
    "staff_seat_pages.ask_cancel": "/scheduling/cases/{booked_case}/seat/cancel",
    "messages_pages.list_messages": "/notifications/messages",
    "messages_pages.show_case": "/notifications/cases/{booked_case}",
    "messages_pages.show_message": "/notifications/messages/{message}",
    "letters_pages.list_letters": "/notifications/letters",
    "texts_pages.show_texts": "/notifications/texts",
    "parked_pages.list_parked": "/reporting/staff/parked",
    "parked_pages.show_parked": "/reporting/staff/parked/{parked}",
    "money.show_money": "/reporting/money?programme={programme}",
}
"""What signed-in people see; the operator may see all of it."""

NO_PAGES = {"messages_pages.home", "signing_in.sign_out"}
"""Addresses that only lead on to another page."""

PAGES: list[tuple[str, Viewer, str]] = [
    *((endpoint, "visitor", path) for endpoint, path in OPEN.items()),
    *((endpoint, "operator", path) for endpoint, path in STAFF.items()),
]
