"""What a newcomer reads first."""

import re

import pytest

from tests.truce import INSTALLED, spawned, truce
from trucekeeper.cli.intake import REFUSED_ROWS
from trucekeeper.cli.main import EXIT

COMMAND = re.compile(r"^  ([a-z-]+) {2,}\S", re.MULTILINE)
ROOT = (  # noqa: SIM905 - reads as the list of commands that it is
    "demo run init serve status rebuild doctor import template receive triage incident merge split draft correct "
    "sign report bundle verify audit attest release erase approve consent waive refer mirror gossip weigh evidence fit "
    "agreement conflicts keys media notice receipt record source timestamp witness"
).split()
NOUNS = {
    "agreement": ["lint", "lock", "render"],
    "conflicts": ["of", "at", "near"],
    "keys": ["new", "show", "list", "propose", "review", "sign", "enact", "freeze", "chain"],
    "media": ["add", "import-archive", "list", "chain", "copy", "hand-over", "take-back", "check"],
    "notice": [
        "form",
        "new",
        "amend",
        "seal",
        "list",
        "show",
        "sheet",
        "check",
        "transmit",
        "brought",
        "acknowledge",
        "waive",
        "activate",
        "deviate",
        "close",
        "withdraw",
        "confirm",
        "release",
        "call",
        "due",
        "hand-over",
        "take-over",
        "struck",
        "commit",
        "reveal",
        "commitments",
        "prove",
    ],
    "receipt": ["give", "prove", "check"],
    "record": ["list", "show", "check", "checkpoint", "integrate", "since"],
    "source": ["add", "list"],
    "timestamp": ["take", "check"],
    "witness": ["init", "show", "add", "collect", "serve"],
}
EVERY = [[], *([name] for name in ROOT), *([noun, verb] for noun, verbs in NOUNS.items() for verb in verbs)]


def commands_in(text: str) -> list[str]:
    """The names below "Commands:"."""
    return COMMAND.findall(text.partition("Commands:\n")[2])


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_these_tests_know_every_command() -> None:
    assert commands_in(truce("--help").out) == ROOT
    assert {noun: commands_in(truce(noun, "--help").out) for noun in NOUNS} == NOUNS


@pytest.mark.parametrize("words", EVERY, ids=lambda words: " ".join(words) or "truce")
def test_help_fits_eighty_columns_and_says_what_the_command_does(words: list[str]) -> None:
    done = truce(*words, "--help")
    assert (done.code, done.err) == (0, "")
    assert [line for line in done.out.splitlines() if len(line) > 80] == []
    usage, _, rest = done.out.partition("\n\n")
    assert usage.startswith(f"Usage: truce{''.join(f' {word}' for word in words)} ")
    sentence = rest.partition("\n\n")[0].strip()
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_the_help_documents_every_exit_status() -> None:
    epilog = truce("--help").out.partition("Exit status:")[2]
    documented = {int(number) for number in re.findall(r"\d+", epilog)}
    assert documented == {0, *EXIT.values(), REFUSED_ROWS}


@pytest.mark.parametrize(
    "words", [["nonsense"], ["record", "show", "-1"], ["status"], ["demo", "--days", "31"]]
)
def test_a_wrong_command_line_is_bad_input(words: list[str]) -> None:
    done = truce(*words)
    assert done.code == EXIT["input"]
    assert done.out == ""
    assert done.err.splitlines()[-1].startswith("Error: ")


def test_the_installed_command_is_quick_to_help() -> None:
    done = spawned("--help")
    assert done.code == 0
    assert commands_in(done.out) == ROOT
    assert INSTALLED.name == "truce"
