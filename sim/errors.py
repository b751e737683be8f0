"""What goes wrong, said in one sentence."""


class Refused(Exception):
    """An input that breaks its schema: where, what is wrong, what is wanted."""
