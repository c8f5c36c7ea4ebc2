"""Compose, the images, the proxy, the broker's users, the local stack and the topology speak of the same things."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from frist_contracts import Lane
from messaging.topology import dead_queue_name, queue_name
from operations.queues import LANES
from operations.services import KINDS, SERVICES
from tests.architecture.tree import ROOT

INFRASTRUCTURE = {"postgres", "rabbitmq", "proxy", "front-web", "catcher", "frist"}
PUBLISHED_PORTS = {"${FRIST_LISTEN:-127.0.0.1}:8000:80", "127.0.0.1:15672:15672", "127.0.0.1:8025:8025"}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY")

every_service = pytest.mark.parametrize("service", SERVICES)


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def cluster():
    return yaml.safe_load((ROOT / "deploy" / "compose.cluster.yml").read_text())


def text_of(name):
    return (ROOT / "deploy" / name).read_text()


def test_the_services_are_those_of_the_tree_and_of_the_rules_of_imports():
    folders = {path.name for path in (ROOT / "services").iterdir() if (path / "service.py").exists()}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    independent = next(contract for contract in contracts if contract["type"] == "independence")["modules"]

    assert set(SERVICES) == folders
    assert {f"services.{service}" for service in SERVICES} == set(independent)
    assert next(contract for contract in contracts if "containers" in contract)["containers"] == independent


@every_service
def test_compose_runs_every_process_of_a_service(compose, service):
    commands = {name: str(compose["services"][f"{service}-{name}"]["command"]) for name in ("migrate", *KINDS)}

    for name, command in commands.items():
        assert command == str(["python", "-m", f"services.{service}", name])
    assert f"services.{service}.__main__:create_app()" in compose["services"][f"{service}-web"]["command"]


def test_compose_runs_nothing_that_nobody_knows(compose):
    processes = {f"{service}-{kind}" for service in SERVICES for kind in ("migrate", "web", *KINDS)}

    assert set(compose["services"]) == processes | INFRASTRUCTURE


def test_compose_publishes_only_what_people_open_and_to_this_machine_only(compose):
    published = {port for service in compose["services"].values() for port in service.get("ports", [])}

    assert published == PUBLISHED_PORTS


@pytest.mark.parametrize("name", ["docker-compose.yml", "deploy/compose.cluster.yml"])
def test_no_secret_has_a_default(name):
    references = re.findall(r"\$\{([A-Z_]+)(:?[-?][^}]*)?\}", (ROOT / name).read_text())

    assert references
    assert [name for name, rest in references if SECRET.search(name) and not rest.startswith(":?")] == []


def test_every_long_running_process_has_a_health_check(compose):
    needless = {"frist", *(f"{service}-migrate" for service in SERVICES)}

    unchecked = {name for name, service in compose["services"].items() if "healthcheck" not in service}

    assert unchecked <= needless


@every_service
def test_a_service_has_a_database_a_broker_user_and_a_place_behind_the_proxy(compose, service):
    environment = compose["services"][f"{service}-worker"]["environment"]

    assert environment[f"FRIST_{service.upper()}_DATABASE_URL"].startswith(f"postgresql://frist_{service}:")
    assert environment["FRIST_AMQP_URL"].startswith(f"amqp://{service}:")
    assert f"user {service} " in text_of("rabbitmq/start")
    assert f"topic_permission {service}" in text_of("rabbitmq/start")
    assert re.search(rf"for service in .*\b{service}\b", text_of("postgres/services.sh"))
    assert re.search(rf"\(.*\b{service}\b.*\)/", text_of("nginx/default.conf"))


def test_the_proxy_writes_no_request_down():
    server = re.search(r"^server \{(.*?)^\}", text_of("nginx/default.conf"), re.MULTILINE | re.DOTALL)
    assert server is not None

    logs = re.findall(r"^ *((?:access|error)_log [^;]*);", text_of("nginx/default.conf"), re.MULTILINE)

    assert logs == ["access_log off", "error_log /dev/stderr emerg"]
    assert all(f"    {log};" in server[1] for log in logs)


def test_what_weighs_in_delivery_is_passed_on_to_the_containers(compose):
    """But for what only rehearsals set."""
    delivery = (ROOT / "docs" / "settings.md").read_text().split("## Delivery")[1].split("## ")[0]
    settings = set(re.findall(r"`(FRIST_\w+)`", delivery))

    assert len(settings) > 5
    assert settings - {"FRIST_TICK_SECONDS"} <= set(compose["services"]["scheduling-worker"]["environment"])


def test_only_the_register_is_read_while_it_comes():
    """Anybody could keep every thread of a service waiting for the next byte of a form."""
    large = re.search(
        r"^    location ~ \S+ \{[^}]*proxy_request_buffering off;[^}]*\}", text_of("nginx/default.conf"), re.MULTILINE
    )
    assert large is not None

    for path in ("/registration/api/programmes/dk-digital-post-2013/register", "/registration/imports"):
        assert re.search(large[0].split()[2], path)
    assert text_of("nginx/default.conf").count("proxy_request_buffering") == 1


@every_service
def test_a_service_sees_no_other_services_database(compose, service):
    environment = compose["services"][f"{service}-worker"]["environment"]

    addresses = {name for name in environment if name.endswith("_DATABASE_URL")}

    assert addresses == {f"FRIST_{service.upper()}_DATABASE_URL"}


@pytest.mark.parametrize(
    "process", [*(f"{service}-{kind}" for service in SERVICES for kind in ("web", *KINDS)), "frist"]
)
def test_in_a_cluster_every_process_knows_every_node(compose, cluster, process):
    nodes = [name for name in {**compose["services"], **cluster["services"]} if name.startswith("rabbitmq")]
    alone = compose["services"][process]["environment"]["FRIST_AMQP_URL"]

    urls = re.split(",(?=amqp:)", cluster["services"][process]["environment"]["FRIST_AMQP_URL"])

    assert urls == [alone.replace("@rabbitmq:", f"@{node}:") for node in nodes]
    assert len(nodes) == len(re.findall(r"classic_config\.nodes\.\d = rabbit@", text_of("rabbitmq/cluster.conf"))) == 3


def test_the_nodes_of_a_cluster_are_started_as_the_one_is(compose, cluster):
    alone = compose["services"]["rabbitmq"]

    for name in ("rabbitmq-2", "rabbitmq-3"):
        node = cluster["services"][name]
        assert {key: node[key] for key in ("image", "entrypoint", "restart")} == {
            key: alone[key] for key in ("image", "entrypoint", "restart")
        }
        assert node["hostname"] == name
        assert node["environment"] == cluster["services"]["rabbitmq"]["environment"]
        assert alone["environment"].items() <= node["environment"].items()
        assert "healthcheck" in node


def test_the_brokers_users_may_touch_the_queues_of_the_topology():
    allowed = re.search(r'own="\$1\\{4}\.\((.*?)\)"', text_of("rabbitmq/start"))
    queues = {queue_name("x", lane) for lane in Lane} | {dead_queue_name("x")}

    assert allowed is not None
    assert {f"x.{name}" for name in allowed.group(1).split("|")} == queues


def test_the_lanes_that_are_watched_are_the_lanes_there_are():
    assert set(LANES) == {lane.value for lane in Lane}


def test_images_do_not_run_as_root():
    stages = re.split(r"^FROM ", text_of("Dockerfile"), flags=re.MULTILINE)
    final = [stage for stage in stages if re.match(r".* AS (service|operations)\b", stage)]

    assert len(final) == 2
    assert all(re.search(r"^USER (?!root)\w+", stage, re.MULTILINE) for stage in final)


def test_no_secret_is_kept_in_the_repository():
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    assert [name for name in kept if Path(name).name in {".env", "id_rsa"} or name.endswith((".pem", ".key"))] == []
