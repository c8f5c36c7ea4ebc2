"""RabbitMQ for one machine, from the first of these that can be had.

1. the broker of `FRIST_AMQP_URL`;
2. a private node of an installed `rabbitmq-server`;
3. a container of `rabbitmq:4-management`;
4. as root on Debian, `rabbitmq-server` is installed and 2 is done.
"""

import os
import shutil
import subprocess
from pathlib import Path

from operations import settings
from operations.broker import Broker, management_beside
from operations.errors import StartError
from operations.local import rabbitmq_container, rabbitmq_node

NONE_TO_BE_HAD = """No RabbitMQ. Any one of these will do; then try again:
  1. set FRIST_AMQP_URL to a running broker, as amqp://user:password@host:5672/vhost
  2. install rabbitmq-server (Debian, Ubuntu: sudo apt-get install rabbitmq-server)
  3. install Docker and start its engine; rabbitmq:4-management is used
  4. run this command as root on Debian or Ubuntu, and it does 2 itself"""


def start_rabbitmq(folder: Path, *, vhost: str = "frist", is_kept: bool = True) -> Broker:
    """A broker that is up, with `vhost` in it; its data and secrets live under `folder`.

    One that is not kept is ended at once: nobody will want its data.
    """
    if url := settings.amqp_url():
        return Broker(url, settings.amqp_management_url() or management_beside(url))
    folder.mkdir(parents=True, exist_ok=True)
    if not rabbitmq_node.installed() and not rabbitmq_container.engine_answers():
        _install()
    if rabbitmq_node.installed():
        return rabbitmq_node.start(folder.resolve(), vhost, is_kept=is_kept)
    return rabbitmq_container.start(folder.resolve(), vhost)


def _install() -> None:
    """Install Debian's broker; its packaged service is kept from starting, we run a node of our own."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StartError(NONE_TO_BE_HAD)
    print("Installing rabbitmq-server with apt-get ...", flush=True)
    environment = settings.inherited() | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "rabbitmq-server"]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StartError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}\n\n{NONE_TO_BE_HAD}")
