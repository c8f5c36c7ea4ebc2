"""HTTP for programs: `BLUEPRINTS` are all of registration's."""

from services.registration.api.cases import cases
from services.registration.api.imports import imports
from services.registration.api.own_case import own_case
from services.registration.api.places import places
from services.registration.api.programmes import programmes
from services.registration.api.staff import staff_accounts

BLUEPRINTS = (cases, own_case, programmes, places, imports, staff_accounts)
