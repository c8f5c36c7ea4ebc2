"""A node of a cluster in a container, for machines whose tests run with Docker; alike `rabbitmq_node.Node` from outside."""

import subprocess
from pathlib import Path

from operations.broker import Broker
from operations.local import processes
from operations.local.rabbitmq_container import IMAGE
from operations.local.secrets import secret_in

USER = "frist"


class ContainerNode:
    """One container of a network that the cluster has for itself."""

    def __init__(self, folder: Path, network: str, name: str, lines: tuple[str, ...]) -> None:
        self.name = f"rabbit@{name}"
        self._container = f"{network}-{name}"
        amqp, management = processes.free_ports(2)
        password, cookie = secret_in(folder / "password"), secret_in(folder / ".erlang.cookie")
        self.amqp_url = f"amqp://{USER}:{password}@127.0.0.1:{amqp}/frist"
        self.management_url = f"http://{USER}:{password}@127.0.0.1:{management}"
        settings = folder / "cluster.conf"
        settings.write_text("\n".join(lines) + "\n")
        settings.chmod(0o644)
        folder.chmod(0o755)
        environment = {
            "RABBITMQ_DEFAULT_USER": USER,
            "RABBITMQ_DEFAULT_PASS": password,
            "RABBITMQ_DEFAULT_VHOST": "frist",
            "RABBITMQ_ERLANG_COOKIE": cookie,
        }
        docker(
            *("create", "--name", self._container, "--hostname", name, "--network", network, "--network-alias", name),
            *(part for pair in environment.items() for part in ("--env", "=".join(pair))),
            *("--publish", f"127.0.0.1:{amqp}:5672", "--publish", f"127.0.0.1:{management}:15672"),
            *(
                "--volume",
                f"{settings}:/etc/rabbitmq/conf.d/30-cluster.conf",
            ),  # not read-only: the image wants to own it
            IMAGE,
        )

    def start(self) -> None:
        """Start it; its folder and ports are as before."""
        docker("start", self._container)

    def wait_until_ready(self, patience: float = 90) -> None:
        """Return when it answers; raises StartError when it does not."""
        Broker(self.amqp_url, self.management_url).wait_until_ready(lambda: True, patience)

    def control(self, *arguments: str) -> str:
        """What `rabbitmqctl` says to these arguments."""
        return docker("exec", self._container, "rabbitmqctl", "--quiet", *arguments)

    def kill(self) -> None:
        """End it as a power cut would."""
        docker("kill", self._container)

    def remove(self) -> None:
        """End it for ever."""
        docker("rm", "--force", "--volumes", self._container)


def docker(*arguments: str) -> str:
    """What `docker` says to these arguments."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr}"
    return done.stdout
