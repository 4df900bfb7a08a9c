"""Files of one JSON object a line, read so that a complaint names file, line and field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from codebook.errors import BadInput, obstacle
from codebook.events import bad_input

_Model = TypeVar("_Model", bound=BaseModel)


def records(
    file: Path, model: type[_Model], what: str, on_error: Callable[[BadInput], None] | None = None
) -> Iterator[_Model]:
    """The records of a UTF-8 file, one at a time; empty lines and a byte order mark are passed over. `what` names them
    ("articles"). `on_error` takes what is wrong with a line, and the others are read.

    Raises:
        BadInput: the file cannot be read, or a line is no such record; names file, line, field, value and remedy.
    """
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    record = parsed(_text(line, f"{file}:{number}", what), model, f"{file}:{number}")
                except BadInput as error:
                    if on_error is None:
                        raise
                    on_error(error)
                else:
                    yield record
    except OSError as error:
        raise BadInput(str(file), "", obstacle(error), f"give a readable UTF-8 file of {what}") from None


def _text(line: bytes, where: str, what: str) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(where, "", obstacle(error), f"give a UTF-8 file of {what}") from None


def parsed(line: str, model: type[_Model], where: str) -> _Model:
    """One record from its JSON; `where` names the line in `BadInput`."""
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        raise bad_input(error, where) from None
