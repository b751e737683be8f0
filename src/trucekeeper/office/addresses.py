"""Which way a message goes: the only place where an id of a recipient becomes an address."""

import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from trucekeeper.kernel.clock import Clock
from trucekeeper.kernel.errors import BadInput, NotFound
from trucekeeper.kernel.keys import Signer, kept
from trucekeeper.movements.delivery import Attempt, Item
from trucekeeper.office.settings import MailSettings, RecipientSettings, Settings
from trucekeeper.office.telling import Message, event, letter
from trucekeeper.peers import mail, webhook

AUTOMATIC = ("webhook", "email")
"""The channels that a machine serves. Sheets are handed over, and calls made, by people."""
NO_ADDRESS = Attempt(delivered=False, why="no-address", final=True)


@dataclass(frozen=True, slots=True)
class Post:
    """The office's addresses, its mail server and its key. Certificates and passwords are read when they are used."""

    root: Path
    recipients: Mapping[str, RecipientSettings]
    server: MailSettings | None
    sender: webhook.Sender
    mail_s: float = mail.LIMIT_S

    @classmethod
    def of(cls, root: Path, settings: Settings, signer: Signer, clock: Clock) -> "Post":
        """By office.toml; paths in it are below ``root``."""
        known = MappingProxyType({one.holder: one for one in settings.recipient})
        return cls(root, known, settings.mail, webhook.Sender(signer, clock))

    def channels(self, item: Item, failed: Collection[str]) -> tuple[str, ...]:
        """The channels to send ``item`` by now: the first, and another one for each that has ``failed``.

        Those that people serve count as tried. An alternate without any address fails on its first channel at once.
        """
        known = self.recipients.get(item.recipient)
        order = () if known is None else known.order
        first = item.channel or (order[0] if order else AUTOMATIC[0])
        active = [first]
        for one in order:
            if one not in active and all(was in failed or was not in AUTOMATIC for was in active):
                active.append(one)
        return tuple(one for one in active if one in AUTOMATIC)

    def send(self, channel: str, told: Message) -> Attempt:
        """Send once; NotFound or BadInput where what the settings name is not there."""
        known = self.recipients.get(told.item.recipient)
        if channel == "webhook" and known is not None and known.webhook is not None:
            target = webhook.Target(known.webhook, self._certificate(known.certificate))
            return webhook.sent(event(told), target, self.sender)
        if channel == "email" and known is not None and known.email is not None and self.server is not None:
            posted = letter(told, known.email, self.sender.clock.now())
            return mail.sent(posted, self._mail_server(self.server), self.mail_s)
        return NO_ADDRESS

    def _mail_server(self, said: MailSettings) -> mail.Server:
        login = None
        if said.user is not None and said.password is not None:
            login = (said.user, kept(self.root / said.password).decode().strip())
        trusted = self._certificate(said.certificate)
        return mail.Server(said.host, said.port, said.sender, login, said.encrypted, trusted)

    def _certificate(self, name: str | None) -> str | None:
        if name is None:
            return None
        try:
            pem = (self.root / name).read_text(encoding="ascii")
            ssl.create_default_context(cadata=pem)
        except ssl.SSLError as error:
            msg = "a certificate that office.toml names is no PEM file of a root; put the right one there"
            raise BadInput(msg) from error
        except (OSError, UnicodeDecodeError) as error:
            msg = "a certificate that office.toml names cannot be read; put the PEM file there"
            raise NotFound(msg) from error
        return pem
