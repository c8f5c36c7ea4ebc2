"""A small service to try the HTTP kernel on: a library that lends books."""

from typing import Any

from flask import Blueprint, Response, render_template_string, request
from marshmallow import Schema, fields, validate
from sqlalchemy import text

from messaging.refusals import Refusal
from web.access import (
    Role,
    abort_unless_municipality,
    act_as_organisation,
    allow,
    anyone,
    by_link,
    current_actor,
    key,
    staff,
)
from web.access_log import log_access
from web.api_blueprint import ApiBlueprint
from web.body_limit import accepts_up_to
from web.database import unit_of_work
from web.forms import Form
from web.idempotency import idempotent
from web.paging import Page, PageArgs, page_args, page_schema
from web.staff_session import forget_session, start_staff_session

FORM_PAGE = """{% extends "layout.html" %}{% from "macros.html" import below_errors, button, csrf, field %}
{% block title %}Borrow{% endblock %}{% block content %}<h1>Borrow</h1>{% call below_errors(form) %}
<form method="post">{{ csrf() }}{{ field(form, "title", "Title", hint="As on the cover") }}{{ button("Borrow") }}</form>{% endcall %}{% endblock %}"""


class BookLent(Refusal):
    """Somebody else has the book."""


class BookSchema(Schema):
    title = fields.String(required=True, validate=validate.Length(1, 20))
    pages = fields.Integer()


class WhoSchema(Schema):
    kind = fields.String()
    actor_id = fields.String(allow_none=True)
    role = fields.String(allow_none=True)


def make_api() -> ApiBlueprint:
    api = ApiBlueprint("books", "books", description="Books.")

    @api.route("/books", methods=["POST"])
    @idempotent
    @allow(anyone)
    @api.arguments(BookSchema)
    @api.response(201, BookSchema)
    def add_book(book: dict[str, Any]) -> dict[str, Any]:
        if book["title"] == "taken":
            raise BookLent("The book is lent; choose another.", field="title", back_on="2013-11-01")
        if book["title"] == "broken":
            raise RuntimeError("secret value 12345")
        with unit_of_work() as uow:
            uow.connection.execute(text("INSERT INTO books (title) VALUES (:title)"), book)
        return book

    @api.route("/books", methods=["GET"])
    @allow(anyone)
    @api.arguments(page_args, location="query")
    @api.response(200, page_schema(BookSchema))
    def list_books(args: PageArgs) -> Page[dict[str, Any]]:
        after = args.after[0] if args.after else ""
        with unit_of_work() as uow:
            sql = text("SELECT title FROM books WHERE title > :after ORDER BY title LIMIT :rows")
            rows = uow.connection.execute(sql, {"after": after, "rows": args.rows}).all()
        return Page.of([{"title": row.title} for row in rows], args, cursor=lambda book: (book["title"],))

    @api.route("/staff-only", methods=["GET", "POST"])
    @allow(staff(Role.OPERATOR, Role.LEAD), key("books:write"))
    @api.response(200, WhoSchema)
    def who() -> Any:
        return current_actor()

    @api.route("/municipalities/<code>")
    @allow(staff(), key("books:write", fenced=True))
    @api.response(200)
    def municipality(code: str) -> dict[str, str]:
        abort_unless_municipality(code)
        return {"code": code}

    @api.route("/case/<token>")
    @allow(by_link)
    @api.response(200, WhoSchema)
    def own_case(token: str) -> Any:
        act_as_organisation("case-1")
        with unit_of_work() as uow:
            log_access(uow, action="read", subject="case:case-1")
        return current_actor()

    @api.route("/import", methods=["PUT"])
    @allow(anyone)
    @accepts_up_to(megabytes=3)
    @api.response(200)
    def import_books() -> dict[str, int]:
        return {"bytes": len(request.stream.read())}

    return api


def make_pages() -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.route("/borrow", methods=["GET", "POST"])
    @allow(anyone)
    def borrow() -> Any:
        if request.method == "GET":
            return render_template_string(FORM_PAGE, form=Form())
        form = Form.read(BookSchema())
        if form.is_valid:
            return Response("lent", 200)
        return render_template_string(FORM_PAGE, form=form), 422

    @pages.get("/back-office")
    @allow(staff(Role.OPERATOR))
    def back_office() -> str:
        return render_template_string("{% extends 'layout.html' %}{% block content %}inside{% endblock %}")

    @pages.get("/act/<role>")
    @allow(anyone)
    def sign_in(role: str) -> str:
        municipality = None if role == "operator" else "dk-0101"
        start_staff_session(staff_id="s-1", role=Role(role), name="Ida Holm", municipality=municipality)
        return "in"

    @pages.post("/out")
    @allow(staff())
    def sign_out() -> str:
        forget_session()
        return "out"

    @pages.get("/lent")
    @allow(anyone)
    def lent() -> str:
        raise BookLent("The book is lent; choose another.")

    return pages
