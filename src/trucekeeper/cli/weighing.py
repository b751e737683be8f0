"""``truce weigh``: how probable it is, and why, by a file or for an incident; for the panel, and never a finding."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trucekeeper.cli.options import AsJson, OfficeFolder, contents, put, tell, working
from trucekeeper.cli.panel_view import considered_json, considered_lines, nats

if TYPE_CHECKING:
    from trucekeeper.weighing.evidence import Alleged, Evidence
    from trucekeeper.weighing.fit import Fit
    from trucekeeper.weighing.scale import Scale
    from trucekeeper.weighing.weighed import Weighed

SHOWN = 8
INCIDENT = re.compile(r"INC-[0-9]{4}-[0-9]{6,}")


def add(app: typer.Typer) -> None:
    """Hang the commands into ``truce``."""
    for one in (weigh, evidence, fit):
        app.command()(one)


def evidence(
    office: OfficeFolder,
    out: Annotated[Path, typer.Argument(help="Where to write the evidence/v1 file.")],
) -> None:
    """Write the office's incidents as one body of evidence, to weigh or to learn tables from. It names sources."""
    from trucekeeper.weighing.written import written

    with working(office, readonly=True) as opened:
        found = opened.inquiry.docket()
    put(out, written(found))
    decided = sum(one.adjudicated is not None for one in found.hypotheses)
    typer.echo(
        f"{out} holds {len(found.hypotheses)} hypotheses, {decided} of them adjudicated; it names sources, so keep it."
    )


def fit(
    tables: Annotated[Path, typer.Argument(help="The fit/v1 file, as truce weigh --learn wrote it.")],
    learnt_from: Annotated[
        Path, typer.Option("--from", help="The evidence/v1 file that it was learnt from.")
    ],
    office: OfficeFolder,
) -> None:
    """Propose tables that findings are weighed by from now on; another person approves."""
    import hashlib

    from trucekeeper.weighing.adopted import Adopted
    from trucekeeper.weighing.entry import read_fit
    from trucekeeper.weighing.wire import read_evidence

    evidence = contents(learnt_from)
    read_evidence(evidence)
    proposed = Adopted(read_fit(contents(tables)), hashlib.sha256(evidence).hexdigest())
    with working(office) as opened:
        receipt = opened.inquiry.propose(proposed, opened.signer)
    typer.echo(
        f"Proposed as entry {receipt.index}. Findings are weighed as before until another holder decides: "
        f"truce approve {receipt.index}"
    )


def weigh(
    what: Annotated[
        str, typer.Argument(help="An evidence/v1 file, or an incident of the office such as INC-2026-000012.")
    ],
    office: Annotated[
        Path | None,
        typer.Option("--office", help="The office's folder, for an incident.", envvar="TRUCE_OFFICE"),
    ] = None,
    fit: Annotated[
        Path | None, typer.Option("--fit", help="Weigh by the tables of this fit/v1 file.")
    ] = None,
    learn: Annotated[
        Path | None, typer.Option("--learn", help="Learn the tables from the evidence; write them here.")
    ] = None,
    only: Annotated[str | None, typer.Option("--only", help="Answer on this hypothesis alone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say how probable each hypothesis of a file or an incident is, what moved it, and what would change it."""
    if INCIDENT.fullmatch(what):
        _incident(what, office, (fit, learn, only), as_json=as_json)
    else:
        _file(Path(what), (fit, learn), only, as_json=as_json)


def _file(file: Path, tables: tuple[Path | None, Path | None], only: str | None, *, as_json: bool) -> None:
    """What a file of evidence comes to; ``tables`` are those to weigh by, and where to write what is learnt."""
    from trucekeeper.kernel.errors import BadInput, NotFound
    from trucekeeper.weighing.entry import weighed_body
    from trucekeeper.weighing.scale import Scale
    from trucekeeper.weighing.weigh import weighed
    from trucekeeper.weighing.wire import read_evidence

    if None not in tables:
        msg = "name either a --fit to weigh by or a file to write what is learnt with --learn, not both"
        raise BadInput(msg)
    evidence = read_evidence(contents(file))
    asked = [one for one in evidence.hypotheses if only in {None, one.id}]
    if only is not None and not asked:
        msg = f"{file.name} has no hypothesis {only[:40]!a}; name one of its own"
        raise NotFound(msg)
    scale = Scale(evidence, _tables(evidence, *tables))
    found = [weighed(scale, one) for one in asked]
    if as_json:
        tell([weighed_body(one) for one in found], (), as_json=True)
        return
    for alleged, one in zip(asked, found, strict=True):
        tell(None, _told(scale, alleged, one), as_json=False)


def _tables(evidence: "Evidence", given: Path | None, learnt: Path | None) -> "Fit":
    """Those of a file; or learnt here, and written; or of judgement alone."""
    from trucekeeper.kernel import canon
    from trucekeeper.weighing.entry import fit_body, read_fit
    from trucekeeper.weighing.fit import prior_fit

    if learnt is None:
        return prior_fit() if given is None else read_fit(contents(given))
    from trucekeeper.weighing.fitting.learn import learn

    found = learn(evidence)
    put(learnt, canon.encode(fit_body(found)))
    return found


def _incident(incident: str, office: Path | None, others: Sequence[object], *, as_json: bool) -> None:
    """What the panel sees beside the draft on an incident."""
    from trucekeeper.kernel.errors import BadInput

    if office is None:
        msg = f"{incident} is an incident of an office; name the office's folder with --office"
        raise BadInput(msg)
    if any(one is not None for one in others):
        msg = "--fit, --learn and --only are for a file; leave them out for an incident"
        raise BadInput(msg)
    with working(office, readonly=True) as opened:
        found = opened.inquiry.considered(incident)
    if not found:
        tell([], (f"{incident} touches no term of which anybody spoke.",), as_json=as_json)
        return
    tell([considered_json(one) for one in found], considered_lines(incident, found), as_json=as_json)


def _told(scale: "Scale", alleged: "Alleged", one: "Weighed") -> Iterator[str]:
    from trucekeeper.weighing.evidence import CAUSES
    from trucekeeper.weighing.explain import changes, graded, percent
    from trucekeeper.weighing.words import likelihood

    yield f"{alleged.id}: {alleged.act} by {alleged.named}, term {alleged.term}: {one.answer}"
    yield (
        f"  {percent(one.probability_ppm)} per cent, {likelihood(one.probability_ppm)}; "
        f"standard {percent(one.threshold_ppm)}"
    )
    yield (
        f"  before any evidence {percent(one.prior_ppm)}; the evidence multiplies the odds "
        f"by e^{nats(one.bayes_milli)}"
    )
    priors = ", ".join(f"{percent(to)} from {percent(prior)}" for prior, to in one.at_priors)
    yield from textwrap.wrap(
        f"whatever one believed before: {priors}", 78, initial_indent="  ", subsequent_indent="    "
    )
    kinds = zip(CAUSES, one.causes_ppm, strict=True)
    yield "  " + ", ".join(f"{cause.value} {percent(ppm)}" for cause, ppm in kinds)
    yield (
        f"  with any one group left out: {percent(one.lowest_ppm)} to {percent(one.highest_ppm)}"
        + (f"; {one.pivotal} moves it most" if one.pivotal else "")
    )
    if one.captor:
        yield f"  were {one.captor} captured: {percent(one.captured_ppm)}"
    for linked in one.linked:
        name = "the linking in force" if linked.number is None else f"rival linking {linked.number + 1}"
        yield f"  {name} (weight {percent(linked.weight_ppm)}): {percent(linked.probability_ppm)}"
    grades = graded(scale, alleged)
    for share in one.shares[:SHOWN]:
        grade = grades.get(share.id or share.source, "")
        whose = f"{share.source} ({share.group}): " if share.source else ""
        line = f"{nats(share.milli):>7} {grade:2} {whose}{share.says}"
        yield from textwrap.wrap(line, 78, initial_indent="  ", subsequent_indent=" " * 13)
    rest = one.shares[SHOWN:]
    if rest:
        yield f"  {nats(sum(share.milli for share in rest)):>7}    {len(rest)} more together"
    for change in changes(scale, alleged, one):
        yield from textwrap.wrap(f"{change}.", 78, initial_indent="  > ", subsequent_indent="    ")
    yield ""
