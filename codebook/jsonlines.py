"""Files of one JSON object a line, read so that a complaint names file, line and field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from codebook.errors import BadInput
from codebook.events import bad_input

_Model = TypeVar("_Model", bound=BaseModel)


def records(file: Path, model: type[_Model], what: str) -> Iterator[_Model]:
    """The records of a UTF-8 file, one at a time; empty lines are passed over. `what` names them ("articles").

    Raises:
        BadInput: the file cannot be read, or a line is no such record; names file, line, field, value and remedy.
    """
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield parsed(line, model, f"{file}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(str(file), "", str(error), f"give a readable UTF-8 file of {what}") from None


def parsed(line: str, model: type[_Model], where: str) -> _Model:
    """One record from its JSON; `where` names the line in `BadInput`."""
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        raise bad_input(error, where) from None
