"""HTTP for people: `BLUEPRINTS` are all of registration's pages."""

from services.registration.pages.importing import importing
from services.registration.pages.overview import overview
from services.registration.pages.own_case import own_case
from services.registration.pages.registering import registering
from services.registration.pages.signing_in import signing_in
from services.registration.pages.staff_cases import staff_cases
from services.registration.pages.walk_in import walk_in

BLUEPRINTS = (registering, own_case, signing_in, staff_cases, walk_in, overview, importing)
