"""HTTP for people: `BLUEPRINTS` are all of notifications' pages, all of them for staff."""

from services.notifications.pages.letters import letters
from services.notifications.pages.messages import messages
from services.notifications.pages.texts import texts

BLUEPRINTS = (messages, letters, texts)
