"""The quick way over the wire agrees with the schema, which alone says what is allowed."""

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from frist_contracts import EVENTS, Event
from frist_contracts.quick import Doubt, dumper, loader
from frist_contracts.schema import schema_of
from tests.contracts.samples import every_event, sample

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.just([]),
    st.just({}),
    st.just("2013-11-01"),
    st.just("2013-11-01T10:00:00"),
    st.just("2013-11-01T10:00:00+01:00"),
    st.just([1, "a"]),
)


@every_event
def test_it_loads_and_dumps_the_sample_as_the_schema_does(event: type[Event]) -> None:
    data = sample(event)["data"]

    values = loader(event)(data)

    assert values == schema_of(event).load(data)
    made = event(**values, municipality="dk-0101")
    assert json.dumps(dumper(event)(made)) == json.dumps(schema_of(event).dump(made))


@given(choice=st.data())
def test_whatever_it_takes_the_schema_takes_to_the_same_value(choice: Any) -> None:
    cls = choice.draw(st.sampled_from(EVENTS))
    data = copy.deepcopy(sample(cls)["data"])
    name = choice.draw(st.sampled_from(sorted(data)))
    data[name] = choice.draw(ODD)

    try:
        values = loader(cls)(data)
    except Doubt:
        return

    assert values == schema_of(cls).load(data)
