"""Answers of a model in a file: JSON Lines, each the id of an article and the answer to its prompt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from codebook.errors import BadInput
from codebook.jsonlines import records


class _Line(BaseModel):
    """One line; `answer` is what the model wrote, or its JSON. Other keys are passed over."""

    model_config = ConfigDict(extra="ignore")

    id: str
    answer: str | dict[str, Any]


def answers_in(file: Path) -> dict[str, str]:
    """The answers of a file by article id. Raises `BadInput` that names file, line and field."""
    found: dict[str, str] = {}
    for line in records(file, _Line, "answers"):
        if line.id in found:
            raise BadInput(str(file), "id", line.id, "give one answer for an article")
        found[line.id] = line.answer if isinstance(line.answer, str) else json.dumps(line.answer, ensure_ascii=False)
    return found
