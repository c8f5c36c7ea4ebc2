"""The kernel of HTTP: what the four services share towards people and programs. Knows no service.

A service hands `web.app.create_app` its blueprints and gets access rules, problem details, idempotency,
languages, page layout, health, metrics and safe headers. Routes are written without the service's name:
an API blueprint's `/cases` of registration is `/registration/api/cases`, a page blueprint's `/register`
is `/registration/register`.
"""
