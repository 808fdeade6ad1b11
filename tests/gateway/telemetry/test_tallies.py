from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import Metric

from gateway.telemetry.tallies import OTHER, Counts, Durations, Names, Sums

BOUNDS = (0.1, 1, 2.5)


def samples(family: Metric) -> dict[str, float]:
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value for sample in family.samples
    }


def test_counts_are_totals_by_label() -> None:
    counts = Counts("calls", "Calls.", ("route", "status"))
    assert samples(counts.family()) == {}
    counts.add(("a", "200"))
    counts.add(("a", "200"), 2)
    counts.add(("b", "500"))
    assert samples(counts.family()) == {
        "calls_total[('route', 'a'), ('status', '200')]": 3,
        "calls_total[('route', 'b'), ('status', '500')]": 1,
    }


def test_what_has_no_labels_begins_at_zero() -> None:
    assert samples(Counts("bytes", "Bytes.").family()) == {"bytes_total[]": 0}
    durations = samples(Durations("lag", "Lag.", bounds=BOUNDS).family())
    assert durations["lag_count[]"] == durations["lag_sum[]"] == 0


@given(st.lists(st.floats(0, 5) | st.sampled_from(BOUNDS)))
def test_durations_are_what_the_library_itself_would_tell(seconds: list[float]) -> None:
    registry = CollectorRegistry()
    reference = Histogram("took", "Time.", ["kind"], buckets=BOUNDS, registry=registry)
    durations = Durations("took", "Time.", ("kind",), bounds=BOUNDS)
    for each in seconds:
        durations.observe(each, ("query",))
        reference.labels("query").observe(each)
    (told,) = reference.collect()
    expected = {
        name: value for name, value in samples(told).items() if not name.startswith("took_created")
    }
    assert samples(durations.family()) == expected


def test_sums_count_and_add_up() -> None:
    sums = Sums("named", "Named.", "operation")
    sums.observe(0.5, "a")
    sums.observe(0.25, "a")
    assert samples(sums.family()) == {
        "named_count[('operation', 'a')]": 2,
        "named_sum[('operation', 'a')]": 0.75,
    }


@given(st.lists(st.text(max_size=3)), st.integers(0, 5))
def test_names_are_bounded_and_the_first_stay(names: list[str], limit: int) -> None:
    bounded = Names(limit)
    shown = [bounded.bounded(name) for name in names]
    assert len(set(shown) - {OTHER}) <= limit
    first = list(dict.fromkeys(names))[:limit]
    assert shown == [name if name in first else OTHER for name in names]
