"""How a stack runs the catcher: the mail server and SMS gateway of a machine that must not reach anybody."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from operations.local import processes
from operations.local.secrets import secret_in


@dataclass(frozen=True)
class Catcher:
    """The ports and the folder of one catcher; its page shows what was caught."""

    folder: Path
    smtp_port: int
    http_port: int
    sms_token: str

    @classmethod
    def choose(cls, folder: Path) -> Self:
        """A catcher on free ports that keeps what it catches under `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        smtp, http = processes.free_ports(2)
        return cls(folder, smtp, http, secret_in(folder.parent / "secrets" / "sms-token"))

    @property
    def page(self) -> str:
        """The address where people read what was caught."""
        return f"http://localhost:{self.http_port}/"

    def command(self) -> list[str]:
        """What starts it, in the environment of the services: the secret is there."""
        ports = ["--smtp-port", str(self.smtp_port), "--http-port", str(self.http_port)]
        return [sys.executable, "-m", "operations.catcher", *ports, "--folder", str(self.folder)]

    def settings_of_services(self) -> dict[str, str]:
        """What the services are told, so that their messages end there."""
        return {
            "FRIST_SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "FRIST_MAIL_FROM": "Frist <frist@localhost>",
            "FRIST_SMS_URL": f"http://127.0.0.1:{self.http_port}/sms",
            "FRIST_SMS_TOKEN": self.sms_token,
            "FRIST_LETTERS_FOLDER": str(self.folder / "letters"),
        }
