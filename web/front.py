"""The front page of the origin, `/`: where everybody begins, with what we promise on accessibility and data."""

from flask import Blueprint, Flask, render_template

from web.access import allow, anyone
from web.app import bare_app
from web.gate import close_gate
from web.settings import WebSettings


def front_page_app(settings: WebSettings) -> Flask:
    """An application of its own, without a database, for whatever no service answers."""
    app = bare_app("front", settings, prefix="", translations=None)
    app.register_blueprint(front_page())
    close_gate(app, settings, None)
    return app


def front_page() -> Blueprint:
    """`/`, `/accessibility`, `/privacy` and `/problems/<slug>`, where the types of problems lead."""
    front = Blueprint("front", __name__)
    front.add_url_rule("/", view_func=home)
    front.add_url_rule("/accessibility", view_func=accessibility)
    front.add_url_rule("/privacy", view_func=privacy)
    front.add_url_rule("/problems/<slug>", view_func=problem_type)
    front.add_url_rule("/health/live", view_func=live)
    return front


@allow(anyone)
def home() -> str:
    """Register, see your case, follow the programme, sign in."""
    return render_template("front.html")


@allow(anyone)
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("accessibility.html")


@allow(anyone)
def privacy() -> str:
    """What is kept of an organisation, and for how long."""
    return render_template("privacy.html")


@allow(anyone)
def problem_type(slug: str) -> str:
    """What a problem's `type` leads to: how to read one."""
    return render_template("problem_type.html", slug=slug)


@allow(anyone)
def live() -> tuple[str, int, dict[str, str]]:
    """The process answers."""
    return "alive\n", 200, {"Content-Type": "text/plain"}
