"""Takes given files the whole way under an agreement or a historical profile: recorded, screened, linked, reported."""

import shutil
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trucekeeper.feeds.known import feed_of
from trucekeeper.findings.model import Question
from trucekeeper.incidents.model import Incident
from trucekeeper.kernel.clock import Instant, Interval
from trucekeeper.kernel.errors import BadInput, NotFound
from trucekeeper.kernel.truth import Truth
from trucekeeper.office.creation import create_office
from trucekeeper.office.files import take
from trucekeeper.office.importing import ImportResult
from trucekeeper.office.logs import written
from trucekeeper.office.wiring import Office, open_office
from trucekeeper.parties.model import Source

ORIGIN = "run.example/record"
_MEDIA = {
    "ucdp-ged": "dataset",
    "nasa-firms": "satellite",
    "sirens-official": "siren",
    "sirens-volunteer": "siren",
}
"""The media of the sources that files of known feeds speak for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run, in lines for people, and how many rows were refused."""

    lines: tuple[str, ...]
    refused: int


def run_profile(
    root: Path,
    profile: Path,
    files: Sequence[Path],
    supplied: Mapping[str, bytes],
    tell: Callable[[str], None],
) -> Outcome:
    """Make an office in ``root`` under ``profile``, and take ``files`` through it.

    Sources are entered as belonging to nobody and graded F, for nobody has judged them here. Linking is accepted as
    proposed. Findings are assessed and counted, not drafted: no panel sits on history.
    """
    for file in files:
        feed_of(file)
    _made(root, profile, supplied)
    with written(root / "events.log"), open_office(root) as office:
        for source, medium in _MEDIA.items():
            office.intake.register_source(Source(source, None, source, medium, "F"), office.signer)
        results: list[ImportResult] = []
        for file in files:
            tell(f"importing {file.name}")
            results.append(take(office, file))
        tell("linking")
        suggestions = office.triage.suggest()
        office.triage.accept(suggestions, office.signer)
        tell("assessing")
        lines = [*_imported(files, results), *_touched(office), *_assessed(office)]
        tell("reporting")
        lines += _published(office)
        return Outcome(tuple(lines), sum(len(one.refused) for one in results))


def found_below(profile: Path, data: Path, named: Mapping[str, bytes]) -> dict[str, Path]:
    """Geometry that the profile's ``supplied.toml`` expects below ``data``, is there, and nobody named."""
    listed = profile / "supplied.toml"
    if not listed.is_file():
        return {}
    try:
        wanted = tomllib.loads(listed.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{listed.name} of the profile cannot be read ({error}); correct it"
        raise BadInput(msg) from error
    paths = {name: data / str(path) for name, path in wanted.items() if name not in named}
    return {name: path for name, path in paths.items() if path.is_file()}


def tried(profile: Path, files: Sequence[Path], supplied: Mapping[str, bytes]) -> Iterator[str]:
    """Say what a run would import and refuse, in an office that is thrown away."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "office"
        _made(root, profile, supplied)
        with open_office(root) as office:
            results = [take(office, file, dry_run=True) for file in files]
    yield from _imported(files, results)
    yield "Nothing was written."


def _made(root: Path, profile: Path, supplied: Mapping[str, bytes]) -> None:
    """An office under a copy of the profile that holds the geometry its user supplied."""
    if not (profile / "agreement.yaml").is_file():
        msg = (
            f"{profile.name} holds no agreement.yaml; name the folder of an agreement, such as profiles/minsk"
        )
        raise NotFound(msg)
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "agreement"
        shutil.copytree(profile, copy)
        for name, data in supplied.items():
            (copy / "supplied").mkdir(exist_ok=True)
            (copy / "supplied" / f"{name}.geojson").write_bytes(data)
        create_office(root, copy, (), origin=ORIGIN)


def _imported(files: Sequence[Path], results: Sequence[ImportResult]) -> Iterator[str]:
    for file, one in zip(files, results, strict=True):
        counts = f"{len(one.already):,} there already, {len(one.refused):,} refused"
        yield f"{file.name}: {one.recorded:,} rows of {one.feed}, {counts}"
        yield from (f"  {row}" for row in one.refused[:20])


def _touched(office: Office) -> Iterator[str]:
    """Per term and reading: how many observations touch it certainly, possibly, or not."""
    counts: Counter[tuple[str, str, Truth]] = Counter()
    for one in office.casebook.touchings():
        counts[one.term, one.reading, one.answer] += 1
    total = sum(1 for _ in office.casebook.sightings())
    yield f"{total:,} observations against {len(office.agreement.terms)} terms and readings:"
    for term in office.agreement.terms:
        sure, maybe = (counts[term.id, term.reading, answer] for answer in (Truth.YES, Truth.UNKNOWN))
        name = f"{term.id} ({term.reading})" if term.reading else term.id
        yield f"  {name}: {sure:,} certainly, {maybe:,} possibly, {total - sure - maybe:,} not"
    for name, says in {left.term.id: left.says for left in office.agreement.not_evaluated}.items():
        yield f"  {name}: {says}"


def _assessed(office: Office) -> Iterator[str]:
    """What the rules would say of the incidents that touch a term, without a panel."""
    answers: Counter[tuple[Question, str]] = Counter()
    for incident in _touching(office):
        draft = office.inquiry.assessed(incident.id)
        answers.update({(one.question, one.words) for one in draft.findings if not one.reading})
    yield "Incidents that touch a term, by what the rules alone would answer (nobody has decided):"
    for (question, words), count in sorted(answers.items(), key=lambda pair: (pair[0][0].value, pair[0][1])):
        yield f"  {question.value} {words}: {count:,}"


def _touching(office: Office) -> Iterator[Incident]:
    touching = {one.ref for one in office.casebook.touchings()}
    return (
        one for one in office.casebook.incidents() if any(member.ref in touching for member in one.members)
    )


def _published(office: Office) -> Iterator[str]:
    since = Interval(office.agreement.in_force, None)
    times = [one.observation.when for one in office.casebook.sightings(since)]
    if times:
        # A report counts by the first possible moment, which may lie before the agreement's first.
        start = min(one.start for one in times)
        end = max(one.end if one.end is not None else one.start for one in times)
        receipt = office.publication.publish_period(
            Interval(start, Instant(max(end, start) + 1)), office.signer
        )
        yield f"Report published as entry {receipt.index}, below {office.folder.reports}"
