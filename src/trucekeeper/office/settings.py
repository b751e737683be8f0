"""What an office is told about itself: read once from office.toml, passed in, never changed.

Nothing here changes a finding: standards, thresholds and clocks belong in the signed agreement.
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.errors import BadInput, Conflict, Damaged
from trucekeeper.office.folder import FORMAT
from trucekeeper.peers import address


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


class DeskSettings(BaseModel):
    """``[desk]``: where live volumes are kept: ``memory``, ``sqlite``, or the address of a PostGIS database."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    index: Annotated[
        str, Field(pattern=r"^(memory|sqlite|postgresql\+pg8000://[!-~]+)$", max_length=2_000)
    ] = "memory"


CHANNELS = ("webhook", "email", "sheet", "telephone", "radio", "fax")
_ID = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$"
_FILE = r"^[^/\\\x00][^\\\x00]{0,199}$"
_MAIL = r"^[!#-'*+./0-9=?A-Z^-~-]{1,64}@[A-Za-z0-9.-]{1,250}$"


class RecipientSettings(BaseModel):
    """``[[recipient]]``: where notices reach the holder, in which order, and who is told if no answer comes.

    ``webhook`` is an https address, http on this machine alone; ``certificate`` the PEM file of the root to trust for
    it. ``hotline`` is a number that people of the office call. ``channels`` empty is every channel that has an
    address, or the printed sheet where none has. Addresses stand here and nowhere else.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    holder: Annotated[str, Field(pattern=_ID)]
    alternate: Annotated[str, Field(pattern=_ID)] | None = None
    webhook: Annotated[str, Field(pattern=r"^https?://[!-~]+$", max_length=2_000)] | None = None
    certificate: Annotated[str, Field(pattern=_FILE)] | None = None
    email: Annotated[str, Field(pattern=_MAIL)] | None = None
    hotline: Annotated[str, Field(pattern=r"^\+[0-9][0-9 ]{4,24}$")] | None = None
    channels: Annotated[tuple[str, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.webhook is not None:
            try:
                address.check(self.webhook)
            except BadInput as error:
                raise ValueError(str(error)) from error
        addresses = {"webhook": self.webhook, "email": self.email}
        for one in self.channels:
            if one not in CHANNELS or (one in addresses and addresses[one] is None):
                msg = "a channel is none that is known, or has no address here"
                raise ValueError(msg)
        if self.alternate == self.holder or len(set(self.channels)) < len(self.channels):
            msg = "a recipient is its own alternate, or has a channel twice"
            raise ValueError(msg)
        return self

    @property
    def order(self) -> tuple[str, ...]:
        """The channels to try, the first one first; never none."""
        if self.channels:
            return self.channels
        known = (("webhook", self.webhook), ("email", self.email))
        return tuple(name for name, address in known if address is not None) or ("sheet",)


class MailSettings(BaseModel):
    """``[mail]``: the server that takes the office's e-mail.

    ``password`` is the path of a file in the office's folder that its owner alone may read. ``encrypted`` false
    allows a server that offers no STARTTLS, and then there is no login.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,250}$")]
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    sender: Annotated[str, Field(pattern=_MAIL)]
    user: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    password: Annotated[str, Field(pattern=_FILE)] | None = None
    encrypted: bool = True
    certificate: Annotated[str, Field(pattern=_FILE)] | None = None


class TokenKeySettings(BaseModel):
    """``public_keys`` of ``[f3548]`` and ``[api]``: a PEM file, relative to the office's folder.

    ``iss`` binds it to one issuer.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    file: Annotated[str, Field(min_length=1, max_length=1_000)]
    iss: Annotated[str, Field(min_length=1, max_length=1_000)] | None = None


class AirspaceSettings(BaseModel):
    """``[f3548]``: whose tokens let operators of drones in, and for which audiences; without both, nobody.

    ``base_url`` is where they reach the office, as the manager of its own constraints; by default the host that
    ``origin`` begins with.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    base_url: Annotated[str, Field(pattern=r"^https://[!-~]+[!-.0-~]$", max_length=2_000)] | None = None
    audiences: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False)] = ()
    public_keys: Annotated[tuple[TokenKeySettings, ...], Field(strict=False)] = ()


class ApiSettings(BaseModel):
    """``[api]``: whose tokens stand for holders of the key set at the desk's own API, and how fast one may ask there.

    Without keys and audiences no token does, and requests are signed with the holders' own keys.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    audiences: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False)] = ()
    public_keys: Annotated[tuple[TokenKeySettings, ...], Field(strict=False)] = ()
    requests_a_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 12_000
    probes_an_hour: Annotated[int, Field(ge=1, le=1_000_000)] = 600


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
    recipient: Annotated[tuple[RecipientSettings, ...], Field(strict=False)] = ()
    mail: MailSettings | None = None
    desk: DeskSettings = DeskSettings()
    f3548: AirspaceSettings = AirspaceSettings()
    api: ApiSettings = ApiSettings()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        holders = [one.holder for one in self.recipient]
        if len(set(holders)) < len(holders):
            msg = "two [[recipient]] tables name the same holder"
            raise ValueError(msg)
        if self.mail is None and any("email" in one.order for one in self.recipient):
            msg = "a recipient is written to by e-mail, and there is no [mail]"
            raise ValueError(msg)
        return self


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
    lines += _lines(
        settings.model_dump(
            exclude_none=True,
            exclude={"log", "witness", "timestamp", "recipient", "mail", "desk", "f3548", "api"},
        )
    )
    lines += ["", "[log]", *_lines(settings.log.model_dump(exclude_none=True))]
    for one in settings.witness:
        lines += ["", "[[witness]]", *_lines(one.model_dump())]
    for authority in settings.timestamp:
        lines += ["", "[[timestamp]]", *_lines(authority.model_dump())]
    for told in settings.recipient:
        lines += ["", "[[recipient]]", *_lines(told.model_dump(exclude_defaults=True))]
    if settings.mail is not None:
        lines += ["", "[mail]", *_lines(settings.mail.model_dump(exclude_defaults=True))]
    if settings.desk != DeskSettings():
        lines += ["", "[desk]", *_lines(settings.desk.model_dump())]
    if settings.f3548 != AirspaceSettings():
        lines += ["", "[f3548]"]
        lines += _lines(settings.f3548.model_dump(exclude_none=True, exclude={"public_keys"}))
    for key in settings.f3548.public_keys:
        lines += ["", "[[f3548.public_keys]]", *_lines(key.model_dump(exclude_none=True))]
    if settings.api != ApiSettings():
        lines += ["", "[api]", *_lines(settings.api.model_dump(exclude={"public_keys"}))]
    for key in settings.api.public_keys:
        lines += ["", "[[api.public_keys]]", *_lines(key.model_dump(exclude_none=True))]
    return "\n".join(lines) + "\n"


def _lines(values: Mapping[str, Json]) -> list[str]:
    # JSON's strings and whole numbers in ASCII are TOML's too
    return [f"{name} = {json.dumps(value)}" for name, value in values.items()]
