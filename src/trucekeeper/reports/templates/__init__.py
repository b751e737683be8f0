"""The templates, and the one way in which they are filled: everything from outside is escaped."""

from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from trucekeeper.kernel.canon import Json

Filling = object | Sequence[object] | Mapping[str, Json]


def drawn(template: str, **filling: Filling) -> str:
    """A template filled, with every value escaped for HTML and XML."""
    return _environment().get_template(template).render(**filling)


def trusted(markup: str) -> Markup:
    """Markup that a template of this room has made, and that is not to be escaped again."""
    return Markup(markup)  # noqa: S704 - made by drawn(), which escapes


def text_of(name: str) -> str:
    """A file of this folder as it is."""
    source, _, _ = _loader().get_source(_environment(), name)
    return source


def _loader() -> PackageLoader:
    return PackageLoader("trucekeeper.reports", "templates")


@cache
def _environment() -> Environment:
    """One for the process: compiling the templates takes longer than filling them."""
    return Environment(
        loader=_loader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
