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
    headers = _HEADERS + (_HTTPS_HEADERS if is_https else ())

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in headers:
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
