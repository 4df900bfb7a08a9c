"""`avmp bench` measures what it names. Shortened: what the figures are is not for a test to say."""

from __future__ import annotations

import pytest

from avmp.bench import line, rates, stream
from avmp.bench.measures import measure


def test_every_figure_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "SECONDS", 0.01)
    for name, value in (("MESSAGES", 200), ("BATCH", 50), ("SINGLE", 5)):
        monkeypatch.setattr(line, name, value)
    monkeypatch.setattr(stream, "LENGTH", 40)
    figures = measure()
    stages = ("gate", "read", "link", "whole")
    of_day = ("day_gate", "day_linear", "day_encoder", "day_read_one_process", "day_read")
    every = ("json_parse", *stages, "day_json_parse", *of_day, "bus_publish", "bus_receive")
    expected = {f"{name}_per_second" for name in every} | {"day_memory_mb"}
    expected |= {f"{name}_to_json_parse" for name in stages} | {f"{name}_to_day_json_parse" for name in of_day}
    expected |= {"bus_latency_median_ms", "bus_latency_p99_ms"}
    assert set(figures) == expected
    assert all(value > 0 for value in figures.values())
