"""HTTP for people: `BLUEPRINTS` are all of registration's pages."""

BLUEPRINTS = ()
