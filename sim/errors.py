"""What goes wrong, said in one sentence."""

from typing import NoReturn


class Refused(Exception):
    """An input that breaks its schema: where, what is wrong, what is wanted."""


def refuse(why: str) -> NoReturn:
    """Raises Refused."""
    raise Refused(why)
