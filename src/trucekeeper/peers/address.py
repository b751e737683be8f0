"""Which addresses the office sends to: https, or http on this machine alone."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from trucekeeper.kernel.errors import BadInput

_ADDRESS = re.compile(r"https?://[!-~]+")


def check(url: str) -> None:
    """Refuse an address that is not https, or http on this machine alone; nor may it hold a name and password."""
    try:
        parts = urlsplit(url)
        host, user, _ = parts.hostname or "", parts.username, parts.port
    except ValueError:
        host, user, parts = "", None, urlsplit("")
    sound = bool(_ADDRESS.fullmatch(url) and host and user is None and not parts.fragment)
    if not sound or (parts.scheme != "https" and not loopback(host)):
        msg = "a webhook's address is no https address without a password; correct it in office.toml"
        raise BadInput(msg)


def loopback(host: str) -> bool:
    """Whether this can only be the machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
