"""What an epoch sees that teaches new articles: every new one a few times, and of the others some, each once."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from classifiers.encoder.choosing import COPIES, with_others


@dataclass(frozen=True)
class Row:
    id: str
    part: int


@given(
    st.sets(st.tuples(st.sampled_from(["kro-1", "kro-2", "len-1", "old-1", "old-2"]), st.integers(0, 3))),
    st.integers(0, 9),
)
def test_new_ones_several_times_others_once_and_no_more_than_asked(units: set[tuple[str, int]], beside: int) -> None:
    rows = [Row(*unit) for unit in sorted(units)]
    seen = Counter(with_others(rows, ["kro-", "len-"], beside, random.Random(1)))
    new = [row for row in rows if not row.id.startswith("old-")]
    others = len(rows) - len(new)
    assert all(seen[row] == COPIES for row in new)
    assert sorted(seen[row] for row in rows if row.id.startswith("old-") and row in seen) == [1] * min(beside, others)
