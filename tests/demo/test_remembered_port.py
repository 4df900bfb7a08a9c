"""The port of the first run, without which a resumed demonstration would meet other articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from avmp.demo.run import _outlets
from codebook.errors import BadSettings


def test_a_second_run_serves_the_outlets_at_the_same_addresses(tmp_path: Path) -> None:
    with _outlets(tmp_path) as bases:
        first = list(bases)
    with _outlets(tmp_path) as bases:
        assert list(bases) == first


@pytest.mark.parametrize("text", ["", "abc", "0", "70000", "-1", "\0"])
def test_a_damaged_port_is_told_rather_than_another_taken(tmp_path: Path, text: str) -> None:
    (tmp_path / "port").write_text(text)
    with pytest.raises(BadSettings, match="begin anew with --fresh"), _outlets(tmp_path):
        pass
    assert (tmp_path / "port").read_text() == text
