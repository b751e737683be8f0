"""The tests run on the code they were asked to run on, and reach no network."""

import os
import socket
import warnings
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

import trucekeeper


def test_the_code_under_test_is_the_one_asked_for(root: Path) -> None:
    below_src = Path(trucekeeper.__file__).resolve().is_relative_to(root / "src")
    assert below_src == (os.environ.get("TRUCE_TESTED") != "wheel")


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(trucekeeper.__file__).parent / "py.typed").is_file()


def test_the_network_is_out_of_reach() -> None:
    with socket.socket() as outside, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(SocketConnectBlockedError):
            outside.connect(("192.0.2.1", 9))


def test_this_machine_is_within_reach() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
        assert client.getpeername() == server.getsockname()
