"""What an office is told about itself: read once from office.toml, passed in, never changed.

Nothing here changes a finding: standards, thresholds and clocks belong in the signed agreement.
"""

import json
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trucekeeper.kernel.errors import BadInput, Conflict, Damaged
from trucekeeper.office.folder import FORMAT


class Settings(BaseModel):
    """office.toml. ``origin`` names the log in every checkpoint, ``officer`` holds the office's own signing key."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    format: Annotated[int, Field(ge=1)] = FORMAT
    origin: Annotated[str, Field(pattern=r"^[!-*,-~]+$", max_length=200)]
    agreement: Annotated[str, Field(min_length=1, max_length=200)]
    officer: Annotated[str, Field(min_length=1, max_length=200)] = "officer"
    log_file: str | None = None


def read(path: Path) -> Settings:
    """The settings in that file; one sentence for whatever is wrong with it."""
    try:
        values: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"office.toml cannot be read ({error}); correct it, or restore it from a copy"
        raise Damaged(msg) from error
    number = values.get("format")
    if isinstance(number, int) and number > FORMAT:
        msg = f"this office has format {number} and this version knows {FORMAT}; use a newer version of truce"
        raise Conflict(msg)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = ".".join(str(step) for step in first["loc"])
        msg = f"office.toml does not hold at {at} ({first['msg']}); correct this line"
        raise BadInput(msg) from error


def text(settings: Settings) -> str:
    """The file that :func:`read` reads back."""
    lines = ["# What this office was told about itself. Standards and thresholds are in agreement/."]
    for name, value in settings.model_dump(exclude_none=True).items():
        # JSON's strings and whole numbers in ASCII are TOML's too
        lines.append(f"{name} = {json.dumps(value)}")
    return "\n".join(lines) + "\n"
