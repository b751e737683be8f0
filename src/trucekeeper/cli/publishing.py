"""``truce report``, ``bundle``, ``verify``: what leaves the office, and how anybody checks it."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, contents, put, tell, working
from trucekeeper.kernel import b64
from trucekeeper.kernel.errors import BadInput

if TYPE_CHECKING:
    from trucekeeper.verifier.verify import Verified


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce``."""
    app.command()(report)
    app.command()(bundle)
    app.command()(verify)


def report(
    day: Annotated[str, typer.Argument(help="The report's day, such as 2026-03-05.")],
    office: OfficeFolder,
    restore: Annotated[
        bool, typer.Option("--restore", help="Make a published report's files again.")
    ] = False,
) -> None:
    """Publish the daily report: JSON, HTML and PDF, with their digests on the record."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError as error:
        msg = f"{day[:20]!a} is no day; write it like 2026-03-05"
        raise BadInput(msg) from error
    with working(office) as opened:
        if restore:
            opened.publication.restore(wanted)
            typer.echo(f"The files of {wanted} are as the record says.")
        else:
            receipt = opened.publication.publish(wanted, opened.signer)
            typer.echo(f"Published as entry {receipt.index}: {opened.folder.reports / day / 'daily.html'}")


def bundle(
    incident: Annotated[str, typer.Argument(help="An incident such as INC-2026-000012.")],
    office: OfficeFolder,
    since: Annotated[
        int | None, typer.Option(help="Size of an older checkpoint, to prove growth from.")
    ] = None,
    audience: Annotated[
        str | None, typer.Option(help="Only what was released to it, such as party:ID or court.")
    ] = None,
    page: Annotated[
        bool, typer.Option("--page", help="Print it too, as HTML and PDF that a court can read.")
    ] = False,
) -> None:
    """Write what a party carries away: findings, all they rest on, and the proofs."""
    from trucekeeper.office.verifying import authentic

    with working(office) as opened:
        shown = None if audience is None else opened.custodian.audience(audience)
        data = opened.publication.bundle(incident, since, shown)
        name = incident if audience is None else f"{incident}.{audience.replace(':', '-')}"
        path = opened.folder.bundles / f"{name}.bundle"
        if page:
            files = _pages(data, authentic(data, opened.record.vkey), name, ".html", ".pdf")
            opened.publication.bundles.put(".", files)
    typer.echo(f"{path} holds the bundle. Check it anywhere: truce verify {path.name} --key log.vkey")
    if page:
        typer.echo(f"{path.with_suffix('.pdf')} and .html hold it for reading.")


def verify(
    bundle_file: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The bundle's file.")],
    key: Annotated[Path, typer.Option("--key", help="The log's verifier key: log.vkey.")],
    policy: Annotated[Path | None, typer.Option(help="Your own copy of the witness policy.")] = None,
    older: Annotated[Path | None, typer.Option(help="A checkpoint that you kept from before.")] = None,
    proof: Annotated[
        Path | None, typer.Option(help="Proof of growth since it: `truce record since`.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Print it for reading to a new file, .html or .pdf.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a bundle offline, step by step, trusting nothing but the key."""
    from trucekeeper.office.verifying import authentic

    if page is not None and page.suffix not in {".html", ".pdf"}:
        msg = f"{page.name} ends neither in .html nor in .pdf; name the page so"
        raise BadInput(msg)
    lines = [] if proof is None else _text(proof).splitlines()
    data = contents(bundle_file)
    found = authentic(
        data,
        _text(key),
        None if policy is None else _text(policy),
        None if older is None else _text(older),
        [b64.decode(line, "a proof's line", 32) for line in lines],
    )
    if page is not None:
        ((_, printed),) = _pages(data, found, page.stem, page.suffix).items()
        put(page, printed)
    tell(
        {
            "subject": found.subject,
            "size": found.checkpoint.size,
            "root": found.checkpoint.root.hex(),
            "witnesses": {**found.times},
            "entries": [index for index, _, _ in found.entries],
            "steps": list(found.steps),
        },
        (*found.steps, f"Authentic: {found.subject}, under {found.checkpoint.size} leaves."),
        as_json=as_json,
    )


def _pages(data: bytes, found: "Verified", name: str, *suffixes: str) -> dict[str, bytes]:
    """The page on a verified bundle, in the forms that ``suffixes`` name."""
    from trucekeeper.reports import bundle_page

    view = bundle_page.page(found, data)
    forms = {".html": bundle_page.as_html, ".pdf": bundle_page.as_pdf}
    return {f"{name}{suffix}": forms[suffix](view) for suffix in suffixes}


def _text(path: Path) -> str:
    return contents(path).decode("utf-8", "replace")
