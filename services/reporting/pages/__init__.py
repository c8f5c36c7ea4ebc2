"""Reporting's HTTP for people: the dashboard, municipalities, money, interim reports and the survey."""

from services.reporting.pages.dashboard import blueprint as dashboard
from services.reporting.pages.money import blueprint as money
from services.reporting.pages.reports import blueprint as reports
from services.reporting.pages.survey import blueprint as survey

BLUEPRINTS = (dashboard, money, reports, survey)
