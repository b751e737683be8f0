"""XML of drawn files, without entities, references to elsewhere, or depth without end."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from trucekeeper.kernel.errors import BadInput
from trucekeeper.places.position import Position, microdegrees


def root(data: bytes) -> Element:
    """The root of the document; BadInput where it is none, or asks for what could hurt."""
    try:
        return fromstring(data, forbid_dtd=True)
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
    try:
        found = Decimal(lat), Decimal(lon)
    except InvalidOperation as error:
        msg = "a coordinate is not a number; write degrees"
        raise BadInput(msg) from error
    if not all(one.is_finite() for one in found) or abs(found[1]) > 360:
        msg = "a coordinate is beyond all degrees; it must be WGS 84"
        raise BadInput(msg)
    if abs(found[0]) > 90 and abs(found[1]) <= 90:
        msg = "a latitude is beyond the poles; the two seem swapped"
        raise BadInput(msg)
    return Position(microdegrees(found[0]), microdegrees(found[1]))
