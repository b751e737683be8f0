"""What an office is told about itself: read once from office.toml, passed in, never changed.

Nothing here changes a finding: standards, thresholds and clocks belong in the signed agreement.
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged
from trucekeeper.office.folder import FORMAT


class LogSettings(BaseModel):
    """How the log is kept. ``interval_s`` 0 integrates when asked; ``queue`` is the address of the vault's database."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    interval_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    pad_to: Annotated[int, Field(ge=1, le=65_536)] = 1
    queue: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None


class WitnessSettings(BaseModel):
    """``[[witness]]``: where the witness that the policy calls ``name`` is asked."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    url: Annotated[str, Field(pattern=r"^https?://[!-~]+$", max_length=2_000)]


class TimestampSettings(BaseModel):
    """``[[timestamp]]``: an RFC 3161 authority, and the PEM file of its root in the office's folder."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$")]
    url: Annotated[str, Field(pattern=r"^https?://[!-~]+$", max_length=2_000)]
    certificate: Annotated[str, Field(pattern=r"^[^/\\\x00][^\\\x00]{0,199}$")]


class Settings(BaseModel):
    """office.toml. ``origin`` names the log in every checkpoint, ``officer`` holds the office's own signing key."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    format: Annotated[int, Field(ge=1)] = FORMAT
    origin: Annotated[str, Field(pattern=r"^[!-*,-~]+$", max_length=200)]
    agreement: Annotated[str, Field(min_length=1, max_length=200)]
    officer: Annotated[str, Field(min_length=1, max_length=200)] = "officer"
    log_file: str | None = None
    log: LogSettings = LogSettings()
    witness: Annotated[tuple[WitnessSettings, ...], Field(strict=False)] = ()  # TOML has lists alone
    timestamp: Annotated[tuple[TimestampSettings, ...], Field(strict=False)] = ()


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
    lines += _lines(settings.model_dump(exclude_none=True, exclude={"log", "witness", "timestamp"}))
    lines += ["", "[log]", *_lines(settings.log.model_dump(exclude_none=True))]
    for one in settings.witness:
        lines += ["", "[[witness]]", *_lines(one.model_dump())]
    for authority in settings.timestamp:
        lines += ["", "[[timestamp]]", *_lines(authority.model_dump())]
    return "\n".join(lines) + "\n"


def _lines(values: Mapping[str, Json]) -> list[str]:
    # JSON's strings and whole numbers in ASCII are TOML's too
    return [f"{name} = {json.dumps(value)}" for name, value in values.items()]
