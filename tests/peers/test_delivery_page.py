"""What the page on delivery tells a recipient to do, done: its check takes the office's requests and no others."""

import hashlib
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from tests.receiving import Request, receiver
from tests.witnessing import signer
from trucekeeper.kernel.clock import Instant, SystemClock
from trucekeeper.movements import delivery, read_back
from trucekeeper.movements.delivery import Item
from trucekeeper.peers import webhook
from trucekeeper.peers.webhook import Event, Sender, Target

KEY = signer("office")
Check = Callable[..., None]


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs/reference/delivery.md").read_text("utf-8")


@pytest.fixture(scope="module")
def check(page: str) -> Check:
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    function = code.partition("def check")[2]
    assert len(function.splitlines()) <= 20
    names: dict[str, Check] = {}
    exec(code, names)
    return names["check"]


@pytest.fixture(scope="module")
def got() -> tuple[str, Request]:
    event = Event("ab" * 32, "office.example/test", webhook.NOTICE, 12, Instant(0), {"notice": 12})
    with receiver() as there:
        webhook.sent(event, Target(there.url), Sender(KEY, SystemClock()))
        return there.url, there.got[0]


def test_the_check_on_the_page_takes_what_the_office_sent(check: Check, got: tuple[str, Request]) -> None:
    url, request = got
    check(KEY.public, url, request.headers, request.body)


def test_it_refuses_another_key_address_body_or_time(check: Check, got: tuple[str, Request]) -> None:
    url, request = got
    with pytest.raises(ValueError, match="another body, form or key"):
        check(signer("other").public, url, request.headers, request.body)
    with pytest.raises(ValueError, match="another body, form or key"):
        check(KEY.public, url, request.headers, request.body + b" ")
    with pytest.raises(InvalidSignature):
        check(KEY.public, url + "x", request.headers, request.body)
    with pytest.raises(ValueError, match="not of now"):
        check(KEY.public, url, request.headers, request.body, -1)
    stated = request.headers["signature-input"]
    later = re.sub(r"created=\d+", f"created={int(time.time()) + 1}", stated)
    with pytest.raises(InvalidSignature):
        check(KEY.public, url, request.headers | {"signature-input": later}, request.body)
    fewer = stated.replace('"@target-uri" ', "")
    with pytest.raises(ValueError, match="another body, form or key"):
        check(KEY.public, url, request.headers | {"signature-input": fewer}, request.body)


def test_the_numbers_on_the_page_are_those_of_the_code(page: str) -> None:
    flat = " ".join(page.split())
    assert f"After {delivery.FAILED_AFTER} failures in a row" in flat
    assert f"after {delivery.FIRST_WAIT_MS // 1000} seconds, 10, 20" in flat
    assert f"at most {delivery.LONGEST_WAIT_MS // 60_000} minutes" in flat
    assert f"at most {webhook.LIMIT_BYTES // 1024} KiB" in flat
    assert read_back.KIND in flat
    assert all(kind in flat for kind in (webhook.NOTICE, webhook.STEP, webhook.TAG))


def test_the_key_on_the_page_is_computed_as_it_says(page: str) -> None:
    (line,) = re.findall(r"```json\n(\{.*\})\n```", page)
    item = Item(123, 130, "liaison-a", "webhook", 131, Instant(0))
    assert hashlib.sha256(line.encode()).hexdigest() == delivery.key("office.example/log", item)
