"""Headers that tell browsers what a page may do: nothing inline, nothing foreign, never inside a frame."""

from flask import Flask, Response

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)

_HTTPS_HEADERS = (
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


def register_security_headers(app: Flask, *, is_https: bool) -> None:
    """Put the headers on every answer; answers are not kept by anybody unless the view says so."""
    headers = _HEADERS + (_HTTPS_HEADERS if is_https else ()) + (("Cache-Control", "no-store"),)
    by_key = {name.lower(): (name, value) for name, value in headers}

    @app.after_request
    def protect(response: Response) -> Response:
        given = {name.lower() for name, _ in response.headers}
        response.headers.extend(header for key, header in by_key.items() if key not in given)
        return response
