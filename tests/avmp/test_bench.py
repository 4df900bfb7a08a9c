"""`avmp bench` measures what it names. Shortened: what the figures are is not for a test to say."""

from __future__ import annotations

import pytest

from avmp.bench import line, measure, rates


def test_every_figure_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "SECONDS", 0.01)
    for name, value in (("MESSAGES", 200), ("BATCH", 50), ("SINGLE", 5)):
        monkeypatch.setattr(line, name, value)
    figures = measure()
    stages = ("gate", "read", "link", "whole")
    expected = {f"{name}_per_second" for name in ("json_parse", *stages, "bus_publish", "bus_receive")}
    expected |= {f"{name}_to_json_parse" for name in stages} | {"bus_latency_median_ms", "bus_latency_p99_ms"}
    assert set(figures) == expected
    assert all(value > 0 for value in figures.values())
