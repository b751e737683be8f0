"""Timestamping authorities made with OpenSSL, behind loopback HTTP servers."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[tsa]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
ess_cert_id_chain = no
"""
USAGE = "extendedKeyUsage = critical, timeStamping\nkeyUsage = critical, digitalSignature\n"


@dataclass(frozen=True)
class Authority:
    """One authority: its own root, a certificate under it, and what it answers to a request."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def reply(self, request: bytes) -> bytes:
        (self.folder / "request").write_bytes(request)
        openssl(self.folder, "ts -reply -config tsa.cnf -section tsa -queryfile request -out reply")
        return (self.folder / "reply").read_bytes()


def authority(folder: Path, days: int = 3650) -> Authority:
    """A new one; with negative ``days`` its certificate ran out before it began to answer."""
    folder.mkdir(parents=True)
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")
    (folder / "usage").write_text(USAGE)
    curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    ca = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign"
    openssl(
        folder,
        f"req -x509 {curve} -keyout root.key -out root.pem -days 3650 -subj /CN={folder.name}-root {ca}",
    )
    openssl(folder, f"req {curve} -keyout tsa.key -out tsa.csr -subj /CN={folder.name}")
    openssl(
        folder,
        f"x509 -req -in tsa.csr -CA root.pem -CAkey root.key -set_serial 7 -days {days} -extfile usage -out tsa.pem",
    )
    return Authority(folder)


def openssl(folder: Path, words: str) -> None:
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)


@contextmanager
def answering(reply: Callable[[bytes], bytes]) -> Iterator[str]:
    """Serve an authority; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
