"""The articles, verbatim: ``text/<language>.md`` with a heading ``## Title {#clause-id}`` before each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from trucekeeper.agreement.marked import Complaints
from trucekeeper.agreement.model import Clause

_HEADING = re.compile(r"##\s+(?P<title>.+?)\s*\{#(?P<id>[a-z0-9][a-z0-9-]{0,62})\}\s*")


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language; ``line`` is that of its heading."""

    id: str
    title: str
    words: str
    line: int


def read_articles(raw: bytes, complaints: Complaints) -> tuple[Article, ...]:
    """The articles of one language in the order of the file; what stands before the first heading is preamble."""
    try:
        lines = raw.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        complaints.add(raw[: error.start].count(b"\n") + 1, "the text is not UTF-8; save it as UTF-8")
        return ()
    starts = [index for index, line in enumerate(lines) if line.startswith("## ")]
    found: dict[str, Article] = {}
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        heading = _HEADING.fullmatch(lines[start])
        if heading is None:
            complaints.add(start + 1, "a heading has no anchor; end it with the clause id, such as {#art-1}")
            continue
        article = Article(
            heading["id"], heading["title"], "\n".join(lines[start + 1 : end]).strip(), start + 1
        )
        if article.id in found:
            complaints.add(start + 1, "the same anchor stands at two headings; give each its own", article.id)
        elif not article.words:
            complaints.add(start + 1, "the article has no words; write them below its heading", article.id)
        found.setdefault(article.id, article)
    return tuple(found.values())


def joined(
    languages: tuple[str, ...],
    articles: Mapping[str, tuple[Article, ...]],
    complaints: Mapping[str, Complaints],
) -> tuple[Clause, ...]:
    """One clause for each article, with its words in every authentic language; the first gives order and title."""
    first = articles.get(languages[0], ()) if languages else ()
    ids = {article.id for article in first}
    by_language = {language: {a.id: a for a in articles.get(language, ())} for language in languages}
    for language, known in by_language.items():
        for article in known.values():
            if article.id not in ids:
                complaints[language].add(
                    article.line, f"the text in {languages[0]!r} has no such article", article.id
                )
        for missing in sorted(ids - set(known)) if language in articles else ():
            complaints[language].add(1, f"the article {missing!r} is missing in this language", missing)
    return tuple(
        Clause(
            article.id,
            article.title,
            tuple(
                (language, by_language[language][article.id].words)
                for language in languages
                if article.id in by_language[language]
            ),
        )
        for article in first
    )
