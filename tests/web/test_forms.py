"""Forms come back as they were sent, with what is wrong beside each field."""

from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields, validate
from werkzeug.datastructures import MultiDict

from tests.web.library import BookLent
from tests.web.test_csrf import token_of
from web.forms import WHOLE_FORM, Form


class WishSchema(Schema):
    title = fields.String(required=True, validate=validate.Length(max=5))
    copies = fields.Integer(load_default=1, validate=validate.Range(1, 9))
    forms = fields.List(fields.String(), required=True, validate=validate.Length(min=1))


def test_a_filled_form_gives_checked_data(library: Flask) -> None:
    with library.test_request_context():
        form = Form.read(WishSchema(), MultiDict([("title", " Emma "), ("forms", "a"), ("forms", "b"), ("copies", "")]))

    assert form.is_valid
    assert form.data == {"title": "Emma", "copies": 1, "forms": ["a", "b"]}


def test_what_is_wrong_is_told_in_the_readers_words(library: Flask) -> None:
    with library.test_request_context("/?language=da"):
        form = Form.read(WishSchema(), MultiDict([("title", "Persuasion"), ("copies", "many"), ("csrf_token", "x")]))

    assert form.errors == {
        "title": "Højst 5 tegn.",
        "copies": "Skriv et helt tal.",
        "forms": "Mindst 1.",
    }
    assert form.value("title") == "Persuasion"
    assert form.chosen("forms") == []


def test_a_number_out_of_range_is_told_with_the_range(library: Flask) -> None:
    with library.test_request_context("/?language=sv"):
        form = Form.read(WishSchema(), MultiDict([("title", "Emma"), ("forms", "a"), ("copies", "10")]))

    assert form.errors == {"copies": "Skriv ett tal från 1 till 9."}


def test_a_refusal_stands_beside_its_field_or_above_the_form(library: Flask) -> None:
    form = Form({"title": "Emma"})

    with library.test_request_context():
        form.refuse(BookLent("Lent.", field="title"))
        form.refuse(BookLent("Closed today."))

    assert form.error("title") == "Lent."
    assert form.error(WHOLE_FORM) == "Closed today."


def test_the_summary_names_each_field_in_the_order_of_the_form(library: Flask) -> None:
    form = Form()
    with library.test_request_context():
        form.add_error("hidden", "Reload the page.")
        form.add_error("copies", "Write a number.")
        form.add_error("title", "Write something.")
        form.add_error(WHOLE_FORM, "We are closed.")

    form.label("title", "What is it called?")
    form.label("copies", "Copies")

    assert form.summary() == [
        (WHOLE_FORM, "We are closed."),
        ("title", "What is it called? Write something."),
        ("copies", "Copies: Write a number."),
        ("hidden", "Reload the page."),
    ]


def test_an_error_is_wired_to_its_field_for_screen_readers(client: FlaskClient) -> None:
    answer = client.post("/library/borrow?language=en", data={"title": "", "csrf_token": token_of(client)})

    assert answer.status_code == 422
    assert 'aria-describedby="title-hint title-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert '<a href="#title">Title: Please fill this in.</a>' in answer.text


def test_what_was_typed_is_escaped(client: FlaskClient) -> None:
    wild = '"><script>alert(1)</script>' + "x" * 20

    answer = client.post("/library/borrow", data={"title": wild, "csrf_token": token_of(client)})

    assert "<script>alert" not in answer.text
