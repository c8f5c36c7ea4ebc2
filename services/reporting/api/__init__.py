"""Reporting's HTTP for programs: the same numbers as on the pages."""

from services.reporting.api.programmes import blueprint as programmes
from services.reporting.api.reports import blueprint as reports
from services.reporting.api.subsidies import blueprint as subsidies
from services.reporting.api.surveys import blueprint as surveys

BLUEPRINTS = (programmes, reports, subsidies, surveys)
