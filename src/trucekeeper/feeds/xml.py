"""XML of drawn files, without entities, references to elsewhere, or depth without end."""

import re
from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places.position import Position, microdegrees

DEEPEST = 100
MOST_ELEMENTS = 1_000_000
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?")


class _Shallow(TreeBuilder):
    """Builds the tree, and stops where it grows too deep or too large for a drawing."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """Open an element."""
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            msg = "it is nested too deep, or has too many parts, for a drawing; save it again, or simplify it"
            raise BadInput(msg)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        """Close an element."""
        self._depth -= 1
        return super().end(tag)


def root(data: bytes) -> Element:
    """The root of the document; BadInput where it is none, or asks for what could hurt."""
    parser = DefusedXMLParser(target=_Shallow(), forbid_dtd=True)
    try:
        parser.feed(data)
        return parser.close()
    except DefusedXmlException as error:
        msg = "it defines entities or a document type, which a drawing does not need; save it again without"
        raise BadInput(msg) from error
    except (ParseError, ValueError, LookupError) as error:
        msg = "it is no XML that can be read; save the drawing again"
        raise BadInput(msg) from error


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def below(element: Element, *names: str) -> Iterator[Element]:
    """Elements of these names, at any depth, in the order of the document."""
    return (one for one in element.iter() if local(one) in names)


def child(element: Element, name: str) -> Element | None:
    """The first child of that name."""
    return next((one for one in element if local(one) == name), None)


def words(element: Element | None) -> str:
    """The element's text, trimmed."""
    return "" if element is None or element.text is None else element.text.strip()


def position(lat: str, lon: str) -> Position:
    """A position from two texts of degrees."""
    if not (_NUMBER.fullmatch(lat.strip()) and _NUMBER.fullmatch(lon.strip())):
        msg = "a coordinate is not a number; write degrees"
        raise BadInput(msg)
    north, east = Decimal(lat.strip()), Decimal(lon.strip())
    if max(abs(north), abs(east)) > 360:
        msg = "a coordinate is beyond all degrees; it must be WGS 84"
        raise BadInput(msg)
    if abs(north) > 90 and abs(east) <= 90:
        msg = "a latitude is beyond the poles; the two seem swapped"
        raise BadInput(msg)
    return Position(microdegrees(north), microdegrees(east))
