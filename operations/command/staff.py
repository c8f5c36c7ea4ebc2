"""`frist staff`: the people who may sign in."""

from typing import Any

import typer

from operations.command.output import AsJson, console, fail, print_json, print_table
from operations.connection import Platform
from operations.rehearsal.http_client import HttpClient

app = typer.Typer(help="Add and list the people who may sign in; make a link that signs one in.", no_args_is_help=True)

ADDRESS = "/registration/api/staff"


@app.command()
def add(
    *,
    name: str = typer.Argument(help="The person's name."),
    email: str = typer.Argument(help="Where sign-in links are sent; one account for each address."),
    role: str = typer.Option(
        "operator", help="operator (the whole country), lead (one municipality) or coach (an own day)."
    ),
    municipality: str = typer.Option("", help="The municipality of a lead or coach, as dk-0101."),
    coach_id: str = typer.Option("", help="Which coach this is, as scheduling knows it."),
    language: str = typer.Option("da", help="The language of mails: da, sv or en."),
) -> None:
    """Make an account."""
    about = {"name": name, "email": email, "role": role, "language": language}
    more = {"municipality": municipality or None, "coach_id": coach_id or None}
    made = _client().post(ADDRESS, about | more)
    console.print(f"{name} may sign in. Next: frist staff sign-in-link {made['email']}", highlight=False)


@app.command("list")
def list_(as_json: bool = AsJson) -> None:
    """List everybody who may sign in."""
    people = list(_client().items(ADDRESS))
    columns = ("name", "email", "role", "municipality", "active")
    if as_json:
        print_json(people)
    else:
        print_table("Staff", columns, [[person.get(column) for column in columns] for person in people])


@app.command("sign-in-link")
def sign_in_link(email: str = typer.Argument(help="Whose link; see `frist staff list`.")) -> None:
    """Make a link that signs a person in once, within ten minutes: for who has no mail yet."""
    client = _client()
    person = _find(client, email)
    print(client.post(f"{ADDRESS}/{person['staff_id']}/sign-in-link")["link"])


def _client() -> HttpClient:
    platform = Platform.find()
    return HttpClient(platform.public_url, platform.operator_key)


def _find(client: HttpClient, email: str) -> Any:
    for person in client.items(ADDRESS):
        if person["email"].lower() == email.lower():
            return person
    return fail(f"Nobody has the address {email}: add them with `frist staff add NAME {email}`.")
