import pytest

from trucekeeper.kernel import canon
from trucekeeper.kernel.canon import Fields
from trucekeeper.kernel.errors import BadInput


class Shout(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b"-0",
        b"01",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"-9007199254740992",
        b"1" * 5000,
        b'"\\u0061"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b'{"\xc3\xa9":1}',
        b'{"\\u00e9":1}',
        b'"a\tb"',
        b"[1,]",
        b"[" * 65 + b"]" * 65,
        b"[" * 30_000,
        b'{"a":' * 10_000,
        b'"' + b"a" * 65_534 + b'"',
    ],
    ids=lambda data: repr(data[:16]),
)
def test_what_is_not_canonical_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(BadInput) as refusal:
        canon.decode(data)
    assert "; " in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_deepest_allowed_document_is_read() -> None:
    data = b"[" * 64 + b"]" * 64
    assert canon.encode(canon.decode(data)) == data
    beside = b"[" + b",".join([b"[{}]"] * 90) + b"]"
    assert canon.encode(canon.decode(beside)) == beside


def test_brackets_inside_text_do_not_count_as_depth() -> None:
    data = canon.encode(['[{"\\' * 200])
    assert canon.encode(canon.decode(data)) == data


def test_the_largest_allowed_numbers_are_read() -> None:
    assert canon.decode(b"[-9007199254740991,9007199254740991]") == [-(2**53) + 1, 2**53 - 1]


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        (1, 2),
        {1: 2},
        {"\u00e9": 1},
        b"bytes",
        Shout("a"),
        [Shout("a")],
        2**53,
        {"a": {2}},
        "\ud800",
    ],
    ids=repr,
)
def test_what_cannot_be_signed_is_refused(value: object) -> None:
    with pytest.raises(BadInput):
        canon.encode(value)  # type: ignore[arg-type]


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[canon.Json] = []
    value.append(value)
    with pytest.raises(BadInput, match="deeper"):
        canon.encode(value)


def test_a_longer_document_is_read_where_the_reader_allows_it() -> None:
    data = canon.encode("a" * 70_000)
    assert canon.decode(data, 80_000) == "a" * 70_000
    with pytest.raises(BadInput, match="65535"):
        canon.decode(data)


def test_a_document_that_must_be_an_object_is_one() -> None:
    assert canon.decode_object(b'{"a":1}') == {"a": 1}
    with pytest.raises(BadInput, match="not a JSON object"):
        canon.decode_object(b"[1]")


def test_fields_are_read_by_type_and_a_refusal_names_the_field() -> None:
    fields = Fields(
        {"t": "x", "n": 3, "b": True, "z": None, "l": ["a"], "o": {"k": 1}, "m": [{"k": 2}]}, "a thing"
    )
    assert (fields.text("t"), fields.whole("n"), fields.truth("b")) == ("x", 3, True)
    assert fields.text_or_none("z") is None
    assert fields.is_null("z")
    assert not fields.is_null("t")
    assert fields.texts("l") == ("a",)
    assert fields.object("o").whole("k") == 1
    assert fields.objects("m")[0].whole("k") == 2
    for read, name in (
        (fields.text, "n"),
        (fields.whole, "b"),
        (fields.whole, "t"),
        (fields.truth, "n"),
        (fields.array, "o"),
        (fields.texts, "m"),
        (fields.objects, "l"),
        (fields.mapping, "l"),
        (fields.text, "absent"),
    ):
        with pytest.raises(BadInput, match=f"a thing.*'{name}'"):
            read(name)


def test_missing_and_extra_fields_are_named() -> None:
    fields = Fields({"a": 1, "b": 2}, "a thing")
    assert fields.only("a", "b") is fields
    with pytest.raises(BadInput, match="'c' is missing"):
        fields.only("a", "b", "c")
    with pytest.raises(BadInput, match="'b' is not a field"):
        fields.only("a")
