from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.linear import Head, buckets, packed, trained, unpacked
from codebook.errors import BadInput

EXAMPLES = [["red", "round"], ["red", "long"], ["green", "round"], ["green", "long"]] * 3
ANSWERS = ["stop", "stop", "go", "go"] * 3


def _head() -> Head:
    return trained(
        [buckets(example, 64) for example in EXAMPLES], ANSWERS, ["go", "stop"], size=64, penalty=0.01, epochs=30
    )


def test_a_head_learns_what_decides() -> None:
    head = _head()
    assert head.probabilities(["red"])["stop"] > 0.9
    assert head.probabilities(["green", "unseen"])["go"] > 0.8
    assert abs(head.probabilities([])["go"] - 0.5) < 0.05


def test_training_is_repeatable() -> None:
    assert np.array_equal(_head().weights, _head().weights)


@given(st.lists(st.text(max_size=5), max_size=20))
def test_probabilities_sum_to_one_and_order_does_not_matter(features: list[str]) -> None:
    head = Head(("a", "b", "c"), np.arange(96, dtype=np.float32).reshape(32, 3) / 10, np.zeros(3, np.float32))
    shares = head.probabilities(features)
    assert abs(sum(shares.values()) - 1) < 1e-5
    assert head.probabilities(features[::-1]) == shares


def test_a_packed_head_reads_the_same_within_its_rounding() -> None:
    head = _head()
    model = unpacked(packed({"colour": head}, {"corpus": "c"}), "memory")
    assert model.about == {"corpus": "c"}
    for features in EXAMPLES:
        first, second = head.probabilities(features), model.heads["colour"].probabilities(features)
        assert all(abs(first[label] - second[label]) < 0.02 for label in first)


@pytest.mark.parametrize("data", [b"", b"no model", packed({}, {})[:50]])
def test_what_is_no_model_is_bad_input(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"avmp train"):
        unpacked(data, "linear.npz")


def _as_numpy_packs(data: bytes) -> bytes:
    """A model file as they were packed before."""
    file = BytesIO()
    with np.load(BytesIO(data)) as arrays:
        np.savez_compressed(file, **dict(arrays))
    return file.getvalue()


WHOLE = packed({"light": _head()}, {"corpus": "x"})


@pytest.mark.parametrize("whole", [WHOLE, _as_numpy_packs(WHOLE)], ids=["packed", "as NumPy packs"])
@pytest.mark.parametrize("bit", [0, 3, 6])
def test_a_damaged_model_is_bad_input_or_reads_as_it_was(whole: bytes, bit: int) -> None:
    weights = unpacked(whole, "").heads["light"].weights
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= 1 << bit
        try:
            read = unpacked(bytes(data), "model")
        except BadInput:
            continue
        assert np.array_equal(read.heads["light"].weights, weights), at
