"""Long lists in pages: an opaque cursor, and the next page's address in a Link header (RFC 8288)."""

import base64
import binascii
from urllib.parse import urlencode

from trucekeeper.kernel.errors import BadInput

MOST = 200
USUAL = 50
_MARK = b"after:"


def cursor(after: int) -> str:
    """Where the next page begins; callers hand it back as it is."""
    return base64.urlsafe_b64encode(_MARK + str(after).encode()).decode().rstrip("=")


def after(text: str | None) -> int:
    """Behind which entry the page begins that ``text`` asks for; 0 for the first."""
    if text is None:
        return 0
    said = b""
    try:
        said = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        said = b""
    number = said.removeprefix(_MARK)
    if not said.startswith(_MARK) or not number.isdigit() or len(number) > 15 or cursor(int(number)) != text:
        msg = "the cursor is none that was given out here; begin at the first page"
        raise BadInput(msg)
    return int(number)


def link(path: str, following: int | None, **asked: str | int | None) -> dict[str, str]:
    """The header of a page that has another one behind it; none at the end."""
    if following is None:
        return {}
    query = {name: str(value) for name, value in asked.items() if value is not None}
    return {"Link": f'<{path}?{urlencode({**query, "cursor": cursor(following)})}>; rel="next"'}
