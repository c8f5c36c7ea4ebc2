"""HTTP for people: `BLUEPRINTS` are all of scheduling's."""

BLUEPRINTS = ()
