"""Check the changelog fragments (``check``), or fold them into CHANGELOG.md (``release VERSION DATE``)."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRAGMENTS = ROOT / "changelog.d"
CHANGELOG = ROOT / "CHANGELOG.md"
HEADINGS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Effect on findings")
_HEADING = re.compile(r"### (.+)")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.md")
_UNRELEASED = "## [Unreleased]\n"


def faults(name: str, text: str) -> list[str]:
    """Return what is wrong with a fragment, one sentence each; nothing when it is well-formed."""
    found: list[str] = []
    if not _NAME.fullmatch(name):
        found.append(f"{name}: name it in small letters, digits and hyphens, such as record-proofs.md")
    try:
        sections = parts(text)
    except ValueError as error:
        return [*found, f"{name}: {error}"]
    found += [
        f"{name}: there is no heading {head!r}; take one of {HEADINGS}"
        for head in sections.keys() - set(HEADINGS)
    ]
    found += [
        f"{name}: write at least one line under {head!r}" for head, body in sections.items() if not body
    ]
    if "Effect on findings" not in sections:
        found.append(
            f'{name}: say under "### Effect on findings" which findings come out otherwise, or "None."'
        )
    return found


def parts(text: str) -> dict[str, str]:
    """Return a fragment's text by heading, in the order written."""
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in text.splitlines():
        heading = _HEADING.fullmatch(line)
        if heading:
            if heading[1] in sections:
                msg = f"the heading {heading[1]!r} stands twice; join the two"
                raise ValueError(msg)
            current = sections[heading[1]] = []
        elif current is not None:
            current.append(line)
        elif line.strip():
            msg = f'there is text before the first heading ({line!r}); begin with a line such as "### Added"'
            raise ValueError(msg)
    return {head: "\n".join(body).strip() for head, body in sections.items()}


def fragments() -> list[Path]:
    """Return the fragments that wait for a release, in the order of their names."""
    return sorted(path for path in FRAGMENTS.glob("*.md") if path.name != "README.md")


def folded(texts: list[str]) -> str:
    """Return all fragments as one section, heading by heading; "None." says nothing beside another effect."""
    collected: dict[str, list[str]] = {head: [] for head in HEADINGS}
    for text in texts:
        for head, body in parts(text).items():
            if body not in collected[head]:
                collected[head].append(body)
    effects = collected["Effect on findings"]
    collected["Effect on findings"] = [body for body in effects if body != "None."] or effects
    return "\n\n".join(f"### {head}\n\n" + "\n".join(bodies) for head, bodies in collected.items() if bodies)


def release(version: str, date: str) -> None:
    """Move every fragment into CHANGELOG.md under the version."""
    waiting = fragments()
    section = folded([path.read_text(encoding="utf-8") for path in waiting])
    log = CHANGELOG.read_text(encoding="utf-8")
    before, mark, after = log.partition(_UNRELEASED)
    if not mark:
        msg = 'CHANGELOG.md has no "## [Unreleased]" line; put it back'
        raise SystemExit(msg)
    CHANGELOG.write_text(f"{before}{mark}\n## [{version}] - {date}\n\n{section}\n{after}", encoding="utf-8")
    for path in waiting:
        path.unlink()


def main(arguments: list[str]) -> int:
    """Check or release, as the arguments say."""
    found = [fault for path in fragments() for fault in faults(path.name, path.read_text(encoding="utf-8"))]
    if found:
        print("\n".join(found))
        return 1
    if arguments[:1] == ["release"] and len(arguments) == 3:
        release(arguments[1], arguments[2])
    elif arguments != ["check"]:
        print("usage: changelog.py check | release VERSION YYYY-MM-DD")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
