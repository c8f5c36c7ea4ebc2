"""Run as a program: imports all that the services' processes are made of, without traces being asked for.

Ends at once when a module connects, and in the end when one has brought in OpenTelemetry.
"""

import importlib
import pkgutil
import socket
import sys

import services


def _refuse(*_: object) -> None:
    sys.exit("a module connects when it is imported")


if __name__ == "__main__":
    socket.socket.connect = socket.socket.connect_ex = _refuse  # type: ignore[method-assign, assignment]
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    for name in ("messaging.relay", "messaging.launcher"):  # imported by whoever starts one
        importlib.import_module(name)
    if "opentelemetry" in sys.modules:
        sys.exit("nobody asks for traces, and OpenTelemetry is imported all the same")
