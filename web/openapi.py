"""The OpenAPI 3.1 document of a service: flask-smorest's, with our problems, keys and idempotency told."""

from typing import Any

from flask import Flask
from flask_smorest import Api
from flask_smorest.spec.plugins import FlaskPlugin
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from web.access import Rules
from web.idempotency import HEADER, MARK
from web.problems import PROBLEM_JSON, on_http_error
from web.staff_session import SESSION_COOKIE

API_VERSION = "1"
_STAFF_COOKIE = {
    "type": "apiKey",
    "in": "cookie",
    "description": "Made by signing in. Writes also need the header X-Requested-With, which other sites cannot send.",
}


class FieldErrorSchema(Schema):
    """What is wrong with one field."""

    field = fields.String(required=True)
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """Problem details as of RFC 9457; a problem may have further members of its own."""

    type = fields.String(
        required=True, metadata={"description": "stable: compare this", "example": "/problems/not_found"}
    )
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "what is wrong and how to mend it"})
    errors = fields.List(fields.Nested(FieldErrorSchema), required=True)
    request_id = fields.String()


class ServiceApi(Api):  # type: ignore[misc]
    """flask-smorest's `Api` whose errors are ours."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Every error of HTTP in the one shape."""
        return on_http_error(error)


def make_api(app: Flask, name: str) -> ServiceApi:
    """The service's API, documented at `/<name>/api/openapi.json`."""
    app.config.update(
        API_TITLE=f"Frist: {name}",
        API_VERSION=API_VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"/{name}/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = ServiceApi(app)
    api.spec.components.security_scheme(
        "key", {"type": "http", "scheme": "bearer", "bearerFormat": "frist_<prefix>_<secret>"}
    )
    api.spec.components.security_scheme("staff", {**_STAFF_COOKIE, "name": SESSION_COOKIE})
    return api


def document_rules(app: Flask, api: ServiceApi, rules: Rules) -> None:
    """Tell in the document who may call what, which scopes a key needs, and where `Idempotency-Key` is honoured."""
    for response in api.spec.components.responses.values():
        content = response.get("content", {})
        if "application/json" in content:
            content[PROBLEM_JSON] = content.pop("application/json")
    for rule in app.url_map.iter_rules():
        operations = api.spec._paths.get(FlaskPlugin.flaskpath2openapi(rule.rule), {})  # noqa: SLF001
        for method in (rule.methods or set()) & {name.upper() for name in operations}:
            _document(operations[method.lower()], rules[rule.endpoint, method], app.view_functions[rule.endpoint])


def _document(operation: dict[str, Any], allowances: Any, view: Any) -> None:
    scopes = sorted({scope for allowance in allowances for scope in allowance.scopes})
    if any(allowance.open_to_all or allowance.by_link or allowance.by_signature for allowance in allowances):
        operation["security"] = []
    else:
        roles = sorted({role.value for allowance in allowances for role in allowance.roles})
        operation["security"] = [{"key": scopes}] * bool(scopes) + [{"staff": roles}] * bool(roles)
    method_view = getattr(getattr(view, "view_class", None), "post", None)
    if getattr(view, MARK, False) or getattr(method_view, MARK, False):
        header = {"in": "header", "name": HEADER, "required": False, "schema": {"type": "string", "maxLength": 255}}
        operation.setdefault("parameters", []).append(header)
