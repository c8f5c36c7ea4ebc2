"""HTTP for programs: `BLUEPRINTS` are all of scheduling's."""

from services.scheduling.api.coaches import coaches
from services.scheduling.api.day import day
from services.scheduling.api.own_place import own_place
from services.scheduling.api.sessions import sessions
from services.scheduling.api.staff_place import staff_place
from services.scheduling.api.venues import venues

BLUEPRINTS = (own_place, day, sessions, staff_place, venues, coaches)
