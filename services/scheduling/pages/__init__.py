"""HTTP for people: `BLUEPRINTS` are all of scheduling's."""

from services.scheduling.pages.coach import coach
from services.scheduling.pages.correcting import correcting
from services.scheduling.pages.day import day
from services.scheduling.pages.municipality import municipality
from services.scheduling.pages.own_seat import own_seat
from services.scheduling.pages.sessions import sessions
from services.scheduling.pages.staff_seat import staff_seat
from services.scheduling.pages.waiting import waiting

BLUEPRINTS = (own_seat, day, correcting, municipality, sessions, waiting, staff_seat, coach)
