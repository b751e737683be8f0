"""From the words of a condition to its tree: the CEL grammar narrowed to our subset, and typed."""

from collections.abc import Mapping
from functools import cache
from typing import NoReturn, Protocol, cast

from celpy.celparser import CELParseError, CELParser
from lark import Token, Tree

from trucekeeper.agreement.condition import (
    UNDETERMINED,
    All,
    AnyOf,
    Choice,
    Compare,
    Constant,
    Fact,
    Known,
    Node,
    Not,
    OneOf,
    SameTruth,
    SameWord,
    TruthFact,
)
from trucekeeper.kernel.errors import BadInput
from trucekeeper.kernel.truth import of

LONGEST = 2000
DEEPEST = 40
_LARGEST = 2**53 - 1

_OPERATORS = {
    "relation_lt": "<",
    "relation_le": "<=",
    "relation_gt": ">",
    "relation_ge": ">=",
    "relation_eq": "==",
    "relation_ne": "!=",
    "relation_in": "in",
}
_REFUSED = {
    "addition": "arithmetic",
    "multiplication": "arithmetic",
    "member_dot_arg": "a function or macro",
    "member_index": "indexing",
    "member_object": "an object",
    "dot_ident_arg": "a function",
    "dot_ident": "a name that begins with a dot",
    "ident_arg": "a function",
    "mapinits": "a map",
    "map_lit": "a map",
    "exprlist": "a list where a truth, a word or a number is needed",
    "list_lit": "a list where a truth, a word or a number is needed",
    "unary": "a minus before anything but a number",
}

Typed = tuple[str, Node | Fact | Known]


def parsed(source: str, schema: Mapping[str, str]) -> Node:
    """The tree of ``source``, whose facts are those of ``schema``; BadInput where it is not of the subset."""
    if len(source) > LONGEST:
        msg = f"a condition is longer than {LONGEST} characters; split it into several terms"
        raise BadInput(msg)
    try:
        root = _parser().parse(source)
    except CELParseError as error:
        where = (
            f"at column {error.column}"
            if isinstance(error.column, int) and error.column > 0
            else "at its end"
        )
        msg = f"the condition cannot be read {where}; see the expression reference for what may be written"
        raise BadInput(msg) from error
    return _Reader(schema).truth(root, 0)


class _Parser(Protocol):
    def parse(self, text: str) -> Tree[Token]: ...


@cache
def _parser() -> _Parser:
    return CELParser()


def _refuse(at: Tree[Token] | Token, says: str) -> NoReturn:
    column = at.column if isinstance(at, Token) else getattr(at.meta, "column", None)
    msg = f"the condition at column {column or 1}: {says}"
    raise BadInput(msg)


def _core(node: Tree[Token]) -> Tree[Token]:
    """Down through the grammar's levels that say nothing, to the first that does."""
    while len(node.children) == 1 and isinstance(node.children[0], Tree) and node.data not in _REFUSED_ALONE:
        node = node.children[0]
    return node


_REFUSED_ALONE = frozenset({"list_lit", "exprlist", *_OPERATORS})


def _tree(node: Tree[Token], index: int) -> Tree[Token]:
    child = node.children[index]
    if isinstance(child, Token):  # pragma: no cover - the grammar has rules where this is asked
        _refuse(child, "a rule was expected")
    return child


class _Reader:
    """Walks the parser's tree with the schema at hand."""

    def __init__(self, schema: Mapping[str, str]) -> None:
        self._schema = schema

    def truth(self, node: Tree[Token], depth: int) -> Node:
        """What must be a truth here."""
        kind, read = self._typed(node, depth)
        if kind != "truth" or isinstance(read, Fact | Known):
            _refuse(node, f"a {kind} stands where yes or no is needed; compare it with something")
        return read

    def _typed(self, node: Tree[Token], depth: int) -> Typed:
        if depth > DEEPEST:
            _refuse(node, f"it is nested more than {DEEPEST} deep; split it into several terms")
        node = _core(node)
        match node.data:
            case "expr":
                return self._choice(node, depth)
            case "conditionalor":
                return "truth", AnyOf(tuple(self.truth(part, depth + 1) for part in _operands(node)))
            case "conditionaland":
                return "truth", All(tuple(self.truth(part, depth + 1) for part in _operands(node)))
            case "relation":
                return self._relation(node, depth)
            case "unary" if _tree(node, 0).data == "unary_not":
                return "truth", Not(self.truth(_tree(node, 1), depth + 1))
            case "literal":
                return _literal(node)
            case "ident" | "member_dot":
                return self._fact(node)
            case _:
                what = _REFUSED.get(str(node.data), "this form")
                _refuse(node, f"{what} is not part of the subset; use comparisons, 'in', '&&', '||' and '!'")

    def _choice(self, node: Tree[Token], depth: int) -> Typed:
        condition, yes, no = (self.truth(_tree(node, index), depth + 1) for index in range(3))
        return "truth", Choice(condition, yes, no)

    def _fact(self, node: Tree[Token]) -> Typed:
        name = _path(node)
        kind = self._schema.get(name)
        if kind is None:
            known = ", ".join(sorted(self._schema))
            _refuse(node, f"{name!r} is no fact that conditions may speak of; the facts are {known}")
        return kind, TruthFact(name) if kind == "truth" else Fact(name)

    def _relation(self, node: Tree[Token], depth: int) -> Typed:
        head = _tree(node, 0)
        operator = _OPERATORS[str(head.data)]
        kind, left = self._typed(_tree(head, 0), depth + 1)
        if operator == "in":
            return "truth", self._one_of(kind, left, _tree(node, 1))
        other, right = self._typed(_tree(node, 1), depth + 1)
        if kind != other:
            _refuse(node, f"a {kind} is compared with a {other}; both sides must be of one type")
        same = _equality(kind, left, right)
        if operator == "==":
            return "truth", same
        if operator == "!=":
            return "truth", Not(same)
        if kind != "number" or not isinstance(left, Fact | Known) or not isinstance(right, Fact | Known):
            _refuse(node, f"a {kind} has no order; only numbers may be compared with '{operator}'")
        return "truth", Compare(operator, left, right)

    def _one_of(self, kind: str, left: Node | Fact | Known, listed: Tree[Token]) -> Node:
        listed = _core(listed)
        if listed.data != "list_lit" or not listed.children:
            _refuse(listed, "after 'in' stands a list of words or numbers, such as ['tank', 'mortar']")
        if not isinstance(left, Fact | Known):
            _refuse(listed, "only a word or a number can be in a list")
        values: list[str | int] = []
        for part in _tree(listed, 0).children:
            core = _core(part) if isinstance(part, Tree) else None
            if core is None or core.data != "literal":
                _refuse(part, "a list holds words or numbers as they are, nothing to work out")
            other, read = _literal(core)
            if other != kind or not isinstance(read, Known):
                _refuse(core, f"a {other} is listed for a {kind}; the list must be of the fact's own type")
            values.append(read.value)
        return OneOf(left, frozenset(values))


def _operands(node: Tree[Token]) -> tuple[Tree[Token], ...]:
    """The parts of a chain of one operator, left to right (the grammar nests it to the left)."""
    name = node.data
    found: list[Tree[Token]] = []
    while node.data == name and len(node.children) == 2:
        found.append(_tree(node, 1))
        node = _tree(node, 0)
    return (node, *reversed(found))


def _equality(kind: str, left: Node | Fact | Known, right: Node | Fact | Known) -> Node:
    if isinstance(left, Fact | Known) and isinstance(right, Fact | Known):
        return SameWord(left, right) if kind == "word" else Compare("==", left, right)
    return SameTruth(cast("Node", left), cast("Node", right))


def _path(node: Tree[Token]) -> str:
    parts: list[str] = []
    while node.data == "member_dot":
        parts.append(str(node.children[1]))
        node = _core(_tree(node, 0))
    if node.data != "ident":
        _refuse(node, "a name is a path of plain words, such as weapon.class")
    return ".".join([str(node.children[0]), *reversed(parts)])


def _literal(node: Tree[Token]) -> Typed:
    token = node.children[0]
    if not isinstance(token, Token):  # pragma: no cover - the grammar has a token here
        _refuse(token, "a literal was expected")
    match token.type:
        case "BOOL_LIT":
            return "truth", Constant(of(str(token) == "true"))
        case "INT_LIT":
            return "number", Known(_whole(token))
        case "STRING_LIT":
            return "word", Known(_word(token))
        case _:
            _refuse(token, "only whole numbers, words in quotes, true and false may be written here")


def _whole(token: Token) -> int:
    if "x" in token:
        _refuse(token, "a number is written in decimal digits")
    value = int(token)
    if abs(value) > _LARGEST:
        _refuse(token, "a number is beyond 2^53, too large to be signed")
    return value


def _word(token: Token) -> str:
    inner = str(token)[1:-1]
    if token[0] not in "'\"" or "\\" in inner:
        _refuse(token, "a word is written in plain quotes, without escapes or prefixes")
    if inner == UNDETERMINED:
        _refuse(token, "'undetermined' is no value but the lack of one, so nothing can be compared with it")
    return inner
