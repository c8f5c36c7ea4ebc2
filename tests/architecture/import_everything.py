"""Run as a program: imports every module of the services, and ends at once when one of them connects."""

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
