"""The page on metrics names exactly those there are, as they are."""

import importlib
import re

from prometheus_client import REGISTRY

from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "metrics.md").read_text()
ROW = re.compile(r"^\| `(frist_\w+)` \| (\w+)([^|]*)\| ([^|]+) \|", re.MULTILINE)


def registered():
    """Every metric of ours by the name it has on the wire, with its kind and labels."""
    for module in ("messaging.metrics", "web.request_log"):
        importlib.import_module(module)
    found = {}
    for metric in {*REGISTRY._collector_to_names}:
        name = getattr(metric, "_name", "")
        if name.startswith("frist_"):
            found[name + ("_total" if metric._type == "counter" else "")] = (metric._type, set(metric._labelnames))
    return found


def test_every_metric_is_on_the_page_and_no_other():
    assert {name for name, *_ in ROW.findall(PAGE)} == set(registered())


def test_the_page_tells_kind_and_labels_rightly():
    metrics = registered()

    for name, kind, labels, _meaning in ROW.findall(PAGE):
        told = {"service", *re.findall(r"\b(lane|type|queue|reason|method|route|status)\b", labels)}
        assert (kind, told) == metrics[name], name
