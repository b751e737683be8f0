"""``truce keys``: keys of one's own, and the ceremonies by which several people change whose keys count.

``new``, ``show``, ``review`` and ``sign`` need a file or two and nothing else: no office, no network.
"""

from pathlib import Path
from textwrap import wrap
from typing import Annotated

import typer

from trucekeeper.cli import holders as listed
from trucekeeper.cli.offices import begun
from trucekeeper.cli.options import (
    AsJson,
    KeyFile,
    OfficeFolder,
    contents,
    passphrase,
    put,
    signer,
    tell,
    working,
)
from trucekeeper.kernel import b64
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import SystemClock
from trucekeeper.kernel.errors import BadInput, TruceError
from trucekeeper.kernel.keys import Ed25519Signer
from trucekeeper.office import ceremony, ceremony_words, folder

app = typer.Typer(help="Signing keys, and the ceremonies that change whose keys count.", no_args_is_help=True)

ProposalFile = Annotated[Path, typer.Argument(help="A proposal, as `truce keys propose` wrote it.")]
ProposalFiles = Annotated[list[Path], typer.Argument(help="A proposal, or copies of it signed apart.")]
Locked = Annotated[bool, typer.Option("--passphrase", help="Lock the file; TRUCE_PASSPHRASE_FILE, or typed.")]


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="A new PEM file, on a stick of your own.")],
    locked: Locked = False,
    as_json: AsJson = False,
) -> None:
    """Make a key; only its public half ever leaves the file."""
    made = Ed25519Signer.generate()
    made.save(path, passphrase(twice=True) if locked else None)
    tell(_public(made), _lines(made), as_json=as_json)


@app.command()
def show(key: KeyFile, as_json: AsJson = False) -> None:
    """Say the public half of a key: what the office's file of holders needs."""
    held = signer(key)
    tell(_public(held), _lines(held), as_json=as_json)


@app.command("list")
def list_(office: OfficeFolder) -> None:
    """Print the key set in force as a file of holders, to be edited and proposed."""
    with working(office, readonly=True) as opened:
        keys = opened.record.keyset()
    typer.echo(f"# Version {keys.version} of the key set of {keys.origin}.")
    for line in listed.written(keys):
        typer.echo(line)


@app.command()
def propose(
    office: OfficeFolder,
    out: Annotated[Path, typer.Option("-o", "--out", help="A new file for the proposal.")],
    holders: Annotated[Path | None, typer.Option(help="TOML file of all who may sign from then on.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Witness policy in place of the one in force.")] = None,
    no_policy: Annotated[bool, typer.Option("--no-policy", help="Ask no witnesses any more.")] = False,
    agreement: Annotated[
        Path | None, typer.Option(help="Folder of an agreement in place of the one in force.")
    ] = None,
) -> None:
    """Write down a change of keys, policy or agreement, for those who decide to sign; changes nothing yet."""
    from trucekeeper.agreement import folder as agreement_folder
    from trucekeeper.office import succession
    from trucekeeper.office.creation import with_log

    asked = bool(holders or policy or no_policy)
    if asked == bool(agreement) or (policy and no_policy):
        msg = (
            "a proposal is of keys and witnesses, or of an agreement; name --holders, --policy or --agreement"
        )
        raise BadInput(msg)
    with working(office, readonly=True) as opened:
        record, keys = opened.record, opened.record.keyset()
        if agreement is not None:
            made = succession.propose_amendment(record, agreement_folder.load(agreement))
        else:
            found = listed.Listed(keys.holders, None) if holders is None else listed.read(contents(holders))
            text = None if no_policy else keys.policy
            if policy is not None:
                text = with_log(listed.text(contents(policy), "the witness policy"), keys.vkey)
            made = succession.propose_keys(record, found.holders, found.root, text)
    put(out, ceremony.written(made))
    for line in ceremony_words.review(made, SystemClock().now()):
        typer.echo(line)
    typer.echo(f"Written to {out}. Carry it to those who sign.")


@app.command()
def review(proposal: ProposalFile, as_json: AsJson = False) -> None:
    """Say what a proposal changes, who has signed it, and the digest to compare by voice."""
    found = ceremony.read(contents(proposal))
    lines = ceremony_words.review(found, SystemClock().now())
    answer: dict[str, Json] = {
        "changes": list(ceremony_words.changes(found)),
        "digest": found.digest,
        "kind": found.kind,
        "missing": list(found.lacking(SystemClock().now())),
        "signed": [one.key for one in found.signatures],
    }
    tell(answer, lines, as_json=as_json)


@app.command()
def sign(proposal: ProposalFile, key: KeyFile) -> None:
    """Add one signature to a proposal; needs the file and the key, and nothing else."""
    signed = ceremony.read(contents(proposal)).signed(signer(key))
    folder.written(proposal, ceremony.written(signed), 0o644)
    for line in ceremony_words.standing(signed, SystemClock().now()):
        typer.echo(line)
    typer.echo(f"Signed in {proposal}. Carry it to the next signer, or to the office.")


@app.command()
def enact(proposals: ProposalFiles, office: OfficeFolder) -> None:
    """Bring a signed proposal into force: an entry of the record, under which all later ones stand."""
    first, *others = [ceremony.read(contents(one)) for one in proposals]
    whole = first.joined(others)
    if folder.Folder(office).waiting.exists():
        from trucekeeper.office.creation import begin_office

        begun(begin_office(office, whole))
        return
    from trucekeeper.office import succession

    with working(office) as opened:
        receipt = succession.enact(opened.publication.pen, opened.signer, whole)
        version = opened.record.keyset().version
    if whole.new is None:
        typer.echo(f"Entry {receipt.index}: the agreement {whole.body['id']} amends the one before it.")
        typer.echo("This office goes on under the text that it was made with; make one under the new text.")
        return
    typer.echo(
        f"Entry {receipt.index}: version {version} of the key set is in force for every entry after it."
    )


@app.command()
def freeze(
    office: OfficeFolder,
    reason: Annotated[str, typer.Option(help="Why, in a few words; it stays beside the log.")],
) -> None:
    """End an office's log for ever, as when its key is lost; a new log can go on from its last checkpoint."""
    from trucekeeper.office import succession

    stated = succession.freeze(office, reason, SystemClock())
    typer.echo(f"The log {stated.origin} is frozen at {stated.size} leaves. Nothing is taken in any more.")
    try:
        with working(office, readonly=True) as opened:
            left = sum(1 for _ in opened.record.entries(stated.size))
    except TruceError as error:
        typer.echo(f"How many entries it took in after that cannot be said: {error}.")
    else:
        typer.echo(f"It took in {left} entries after that; their authors send them again to the new log.")
    typer.echo(
        f"Next: truce init NEW --continues {office} --origin ANOTHER.NAME --agreement ... --holders ..."
    )


@app.command()
def chain(
    new_office: Annotated[Path, typer.Argument(metavar="NEW", help="Folder that holds the new log.")],
    old_office: Annotated[Path, typer.Argument(metavar="OLD", help="Folder that holds the log before it.")],
) -> None:
    """Show that one log goes on from the last checkpoint of another."""
    from trucekeeper.office import succession

    found = succession.chained(new_office, old_office)
    typer.echo(f"{found.origin} goes on after {found.former.origin}:")
    typer.echo(f"  its entry 0 holds that log's last published checkpoint, of {found.former.size} leaves;")
    if found.threshold:
        typer.echo(f"  {found.signed} root keys of that log signed this, which asked for {found.threshold}.")
    else:
        typer.echo("  that log had no root keys, so only the office says so: ask both parties.")


def _public(held: Ed25519Signer) -> dict[str, Json]:
    return {"key": held.key_id, "public": b64.encode(held.public)}


def _lines(held: Ed25519Signer) -> list[str]:
    return [
        f"key id   {held.key_id}",
        f"public   {b64.encode(held.public)}",
        "For the office's file of holders:",
        "",
        "[[holder]]",
        'id = "your-id"',
        'role = "panel"   # or another:',
        *(f"# {line}" for line in wrap(listed.roles(), 76)),
        f'public = "{b64.encode(held.public)}"',
        'from = "2026-03-01T00:00:00.000Z"',
    ]
