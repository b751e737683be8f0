"""Pages for people: each prints, cites its checkpoint, loads nothing from elsewhere and runs no script."""

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.office_kit import seen
from tests.serving import Answer, Served, served
from trucekeeper.drill import people
from trucekeeper.kernel.clock import SystemClock
from trucekeeper.observations import wire
from trucekeeper.record import checkpoint, entry

CHECKPOINT = "/api/v1/checkpoint"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}"


@pytest.fixture(scope="module")
def site(drilled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The drill's office, served, with a hostile observation in an incident of its own."""
    root = Path(shutil.copytree(drilled, tmp_path_factory.mktemp("site") / "office"))
    with served(root) as one:
        office = one.office
        body = wire.body(seen("hostile", note=HOSTILE))
        key = people.signer(2026, "monitor-lake")
        envelope = entry.seal(key, wire.KIND, office.record.origin, "e" * 32, SystemClock().now(), body)
        (receipt,) = office.intake.receive([envelope])
        office.triage.open(
            tuple(office.casebook.recorded("patrol-lake", ("hostile",)).values()), office.signer, HOSTILE
        )
        assert receipt.index < office.record.size()
        yield one


class Page(HTMLParser):
    """What of a page could load or run something, and the words in its footer."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.footer = ""
        self.depth = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.depth += tag == "footer"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "footer"

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.footer += data

    def links(self) -> set[str]:
        return {value for tag, attrs in self.tags if tag == "a" and (value := attrs.get("href"))}


def crawled(site: Served) -> dict[str, Answer]:
    """Every page that is reached from the first by its links."""
    found: dict[str, Answer] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = site.ask(path)
        if found[path].headers["content-type"].startswith("text/html"):
            links = (link.partition("#")[0] for link in Page(found[path].text).links())
            waiting += [link for link in links if link.startswith("/") and link not in found]
    found[CHECKPOINT] = site.ask(CHECKPOINT)
    return found


@pytest.fixture(scope="module")
def pages(site: Served) -> dict[str, Answer]:
    return crawled(site)


def own(pages: dict[str, Answer]) -> dict[str, Answer]:
    """The pages that the office itself lays out; reports and the agreement's page are documents of their own."""
    return {
        path: one
        for path, one in pages.items()
        if one.headers["content-type"].startswith("text/html")
        and not path.startswith(("/reports/", "/agreement"))
    }


def test_every_page_is_reached_and_answers(pages: dict[str, Answer]) -> None:
    assert {path: one.status for path, one in pages.items() if one.status != 200} == {}
    kinds = {re.sub(r"[0-9][-0-9.]*", "N", path) for path in pages}
    assert {"/", "/reports", "/incidents", "/agreement", "/record", "/incidents/INC-N", "/entries/N"} <= kinds
    assert {"/reports/N/daily.html", "/reports/N/daily.pdf", "/reports/N/daily.json"} <= kinds


def test_every_page_cites_the_checkpoint_in_its_footer(site: Served, pages: dict[str, Answer]) -> None:
    signed = checkpoint.verified(pages[CHECKPOINT].body, site.office.record.vkey)
    assert len(own(pages)) > 20
    for path, one in own(pages).items():
        footer = Page(one.text).footer
        assert signed.root.hex() in footer, path
        assert f"{signed.size} entries" in footer, path


def test_no_page_loads_or_runs_anything_from_elsewhere(pages: dict[str, Answer]) -> None:
    loading = {"src", "href", "action", "data", "poster", "srcset", "formaction", "xlink:href"}
    for path, one in pages.items():
        if not one.headers["content-type"].startswith("text/html"):
            continue
        for tag, attrs in Page(one.text).tags:
            assert tag not in {"script", "iframe", "object", "embed", "base"}, (path, tag)
            assert not [name for name in attrs if name.startswith("on")], (path, tag, attrs)
            for name in loading & set(attrs):
                value = attrs[name] or ""
                assert value.startswith(("/", "#", "data:,", "data:image/")) or (
                    tag == "a" and not re.match(r"[a-z]+:|//", value)
                ), (path, tag, value)
        assert not re.search(r"@import|url\(\s*['\"]?(?!data:|#)", one.text), path


def test_every_answer_forbids_what_it_does_not_need(pages: dict[str, Answer]) -> None:
    for path, one in pages.items():
        policy = one.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "script-src" not in policy, path
        assert one.headers["x-content-type-options"] == "nosniff"
        assert one.headers["referrer-policy"] == "no-referrer"


def test_a_hostile_note_is_shown_as_what_it_is(site: Served, pages: dict[str, Answer]) -> None:
    shown = [path for path, one in own(pages).items() if "alert(1)" in one.text]
    entry_page = site.ask(f"/entries/{site.office.casebook.recorded('patrol-lake', ('hostile',))['hostile']}")
    assert "alert(1)" in entry_page.text
    for one in (entry_page, *(pages[path] for path in shown)):
        assert "<script" not in one.text
        assert "<img src=x" not in one.text
        assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|\b49\b(?=\W*&)", one.text)


HOSTILE_PATHS = (
    "/incidents/INC-2026-999999",
    "/incidents/<script>alert(1)</script>".replace("<", "%3C").replace(">", "%3E"),
    "/entries/999999",
    "/entries/nonsense",
    "/entries/-1",
    "/entries/%3Cb%3E",
    "/reports/2026-03-09/daily.html",
    "/reports/2026-03-01/daily.exe",
    "/reports/2026-03-01/..%2f..%2f..%2foffice.toml",
    "/reports/..%2fkeys/officer.pem",
    "/reports/../keys/officer.pem",
    "/reports/%2e%2e/office.toml",
    "/static/../pages.py",
    "/static/..%2fpages.py",
    "/static/%2e%2e/pages.py",
    "/static//etc/passwd",
    "/keys/officer.pem",
    "/office.toml",
    "/vault/vault.sqlite",
    "/no/such/page",
)


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_what_is_not_there_is_a_page_with_one_sentence(site: Served, path: str) -> None:
    answer = site.ask(path)
    assert answer.status in {400, 404}
    assert answer.headers["content-type"].startswith("text/html")
    said = re.search(r'<p class="lede">(.*?)</p>', answer.text, re.DOTALL)
    assert said is not None
    assert said[1].strip().endswith(".")
    assert "<script" not in answer.text
    for secret in ("PRIVATE KEY", "def pages", "origin =", "root:x"):
        assert secret not in answer.text


def test_another_host_gets_no_page(site: Served) -> None:
    assert site.ask("/", host="evil.example").status == 400


def test_pages_take_no_orders(site: Served) -> None:
    size = site.office.record.size()
    for path in ("/", "/incidents", "/record", "/reports"):
        assert site.ask(path, b"x=1").status == 405
        assert site.ask(path, method="DELETE").status == 405
    assert site.office.record.size() == size


def test_incidents_are_listed_in_pages_that_follow_each_other(site: Served) -> None:
    first = site.ask("/incidents").text
    last = max(re.findall(r"INC-2026-\d+", first))
    assert "No incident is recorded here" in site.ask(f"/incidents?after={last}").text
    assert site.ask("/incidents?after=%3Cscript%3E").status == 200


def test_a_new_entry_is_in_the_footer_of_the_next_page(site: Served) -> None:
    body = wire.body(seen("later"))
    key = people.signer(2026, "monitor-lake")
    envelope = entry.seal(key, wire.KIND, site.office.record.origin, "f" * 32, SystemClock().now(), body)
    before = site.ask("/health").json["size"]
    assert site.ask("/api/v1/entries", envelope).status == 201
    assert site.ask("/health").json["size"] == before + 1
    assert f"{before + 1} entries" in Page(site.ask("/record").text).footer
