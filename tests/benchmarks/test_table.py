"""The table of keys, its arithmetic, and the page that is made of it."""

from xml.etree import ElementTree as ET

import pytest

from benchmarks import keys
from benchmarks.charts import chart
from benchmarks.keys import KEYS, PEER_NAMES, Key, chosen
from benchmarks.measuring import Figures, interleaved, percentile, readable
from benchmarks.page import page
from benchmarks.results import Results
from benchmarks.run import BENCHES

A_RATIO = Key("a.ratio", "A ratio", "a.ours", ("a.slow", "a.fast"), at_least=2)
A_COST = Key("a.cost", "A cost", "a.ours", at_most=0.03)


def figures(*rounds):
    return Figures(tuple(map(float, rounds)))


def everything_measured():
    names = {name for key in KEYS for name in key.contestants}
    return Results("make bench", "2026-01-01", {"processors": "2"}, {name: figures(90, 100, 110) for name in names})


def test_it_is_compared_with_the_best_of_its_peers_round_by_round():
    measured = {"a.ours": figures(20, 30, 40), "a.slow": figures(1, 1, 1), "a.fast": figures(10, 10, 10)}

    assert A_RATIO.best(measured) == "a.fast"
    assert A_RATIO.value(measured) == figures(2, 3, 4)
    assert A_RATIO.holds(measured)


def test_a_bar_that_is_missed_is_seen():
    measured = {"a.ours": figures(19, 19, 19), "a.slow": figures(1, 1, 1), "a.fast": figures(10, 10, 10)}

    assert not A_RATIO.holds(measured)


def test_a_cost_may_be_no_more_than_its_bar():
    assert A_COST.holds({"a.ours": figures(0.02, 0.03, 0.05)})
    assert not A_COST.holds({"a.ours": figures(0.02, 0.04, 0.05)})


def test_contestants_take_turns():
    turns = []
    contestants = {name: lambda name=name: turns.append(name) or 1.0 for name in ("a", "b")}

    interleaved(contestants, 3, lambda _: None)

    assert turns == ["a", "b", "b", "a", "a", "b"], "neither always finds what the other left behind"


def test_the_99th_percentile_is_a_value_that_was_seen():
    assert percentile(range(1, 101), 99) == 99
    assert percentile([3, 1, 2], 50) == 2


@pytest.mark.parametrize(
    ("figure", "words"), [(15432.1, "15,432"), (12.345, "12.3"), (0.7051, "0.705"), (0, "0"), (-0.0123, "-0.012")]
)
def test_figures_are_written_with_the_digits_that_count(figure, words):
    assert readable(figure) == words


def test_keys_are_chosen_by_the_beginnings_of_their_names():
    assert {key.name for key in chosen("latency,web.vs_bare")} == {
        "latency.idle_ms.p50",
        "latency.idle_ms.p99",
        "web.vs_bare",
    }
    assert chosen("") == KEYS
    with pytest.raises(ValueError, match=r"no such key: relay\.fast"):
        chosen("relay.fast")


def test_every_contestant_of_a_key_is_measured_by_one_bench():
    measured = [name for _, _, names in BENCHES for name in names]

    assert sorted(measured) == sorted(set(measured))
    assert {name for key in KEYS for name in key.contestants} == set(measured)
    assert len(PEER_NAMES) == 4


def test_the_page_has_a_row_and_a_chart_for_each_key():
    results = everything_measured()

    text = page(results)

    assert [key.name for key in KEYS if f"| `{key.name}` |" not in text] == []
    assert [key.name for key in KEYS if text.count(f"(benchmarks/{key.name}.svg)") != 1] == []


@pytest.mark.parametrize("key", keys.KEYS, ids=lambda key: key.name)
def test_a_chart_is_a_picture_with_a_line_for_each_contestant(key):
    picture = ET.fromstring(chart(key, everything_measured().measured))  # noqa: S314 - it is our own

    bars = [rect for rect in picture.iter() if rect.tag.endswith("rect")]
    assert len(bars) == len(key.contestants)
    assert next(each.text for each in picture if each.tag.endswith("title")).startswith(key.title)


def test_what_was_kept_is_read_again(tmp_path):
    results, path = everything_measured(), tmp_path / "bench.json"

    results.save(path, KEYS)

    assert Results.load(path) == results
    assert Results.load(tmp_path / "none.json") == Results()
