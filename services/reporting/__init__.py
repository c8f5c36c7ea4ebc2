"""Reporting: what the other services' events add up to, for everybody to see.

Decides nothing about a case. It keeps projections made of events only, shows them as a dashboard, pages for each
municipality, a money page and frozen interim reports, and asks the organisation how a session went.
Publishes `SurveyInvited` and `SurveyAnswered`; listens to everything but what carries contact data.
"""
