"""One process: SMTP and HTTP until SIGTERM or Ctrl-C. With `FRIST_SMS_TOKEN` it takes SMS only with this bearer token."""

import argparse
import asyncio
import logging
import signal
from pathlib import Path
from threading import Thread

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from operations import settings
from operations.catcher.mail_server import serve_mail
from operations.catcher.pages import create_app
from operations.catcher.store import CaughtStore


class _KeepAlive(WSGIRequestHandler):
    """Keeps connections open between SMS; silent, because the index is the log."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        pass


def main() -> None:
    """Catch until told to stop."""
    options = _options()
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    store = CaughtStore(Path(options.folder))
    app = create_app(store, settings.sms_token())
    pages = make_server(options.host, options.http_port, app, threaded=True, request_handler=_KeepAlive)
    try:
        asyncio.run(_serve(store, options, pages))
    finally:
        pages.shutdown()
        store.close()


async def _serve(store: CaughtStore, options: argparse.Namespace, pages: BaseWSGIServer) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    mail = await serve_mail(store, options.host, options.smtp_port)
    Thread(target=pages.serve_forever, daemon=True).start()
    print(
        f"catching mail on {options.host}:{options.smtp_port}, SMS and pages on http://{options.host}:{options.http_port}",
        flush=True,
    )
    await stop.wait()
    mail.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m operations.catcher", description="Catches mail and SMS.")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen")
    parser.add_argument("--smtp-port", type=int, default=2525)
    parser.add_argument("--http-port", type=int, default=8025)
    parser.add_argument("--folder", default=".frist/caught", help="where to keep what was caught")
    return parser.parse_args()


if __name__ == "__main__":
    main()
