"""``python -m trucekeeper.verifier FILE --key log.vkey``: the verifier alone, all of it in this room."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from trucekeeper.verifier.entries import canonical
from trucekeeper.verifier.notes import Refused, b64
from trucekeeper.verifier.receipt import proof, verify_proof, verify_receipt
from trucekeeper.verifier.verify import verify_bundle, whole

ABOUT = "Check a bundle, a receipt or a tlog-proof offline."
PROOF = b"c2sp.org/tlog-proof@"
BROKEN = "BROKEN: keep the receipt and the checkpoint; together they are proof against the office"


def checked(data: bytes, given: argparse.Namespace) -> tuple[Sequence[str], str]:
    """The steps that hold, and what they come to."""
    key, policy, older, shown = (
        one and one.read_text("utf-8") for one in (given.key, given.policy, given.older, given.shown)
    )
    with whole([], "leaf"):
        leaf = b64(given.leaf, 33) if given.leaf else b""
    if data.startswith(PROOF):
        return verify_proof(data.decode("utf-8", "replace"), key, policy, leaf), f"Proven: {leaf.hex()}"
    if not data.startswith(b'{"receipt"'):
        found = verify_bundle(data, key, policy, older)
        return found.steps, f"Authentic: {found.subject}"
    if shown is None:
        msg = (
            "a receipt is held against something; give --shown, a tlog-proof or a checkpoint too small for it"
        )
        raise Refused(msg)
    path: Sequence[bytes] = ()
    if shown.encode().startswith(PROOF):
        with whole([], "proof"):
            _, path, shown = proof(shown)
            leaf = leaf or b64(canonical(data)["receipt"]["leaf"])
    state, steps = verify_receipt(data, key, shown, policy, leaf or None, path)
    return steps, {"kept": "Kept", "open": "Not kept yet, and not seen to be due"}.get(state, BROKEN)


def main() -> int:
    """Print each step as it was shown, and end with 0; or one sentence, and end with 3."""
    asked = argparse.ArgumentParser(prog="python -m trucekeeper.verifier", description=ABOUT)
    asked.add_argument("file", type=Path, help="a bundle, a receipt or a tlog-proof")
    asked.add_argument("--key", type=Path, required=True, help="the log's verifier key, log.vkey")
    asked.add_argument("--policy", type=Path, help="your own copy of the witness policy")
    asked.add_argument("--older", type=Path, help="with a bundle: a checkpoint that you kept from before")
    asked.add_argument(
        "--shown", type=Path, help="with a receipt: a tlog-proof, or a checkpoint too small for it"
    )
    asked.add_argument("--leaf", help="what stands at the number, base64; a receipt brings the promised one")
    given = asked.parse_args()
    try:
        steps, outcome = checked(given.file.read_bytes(), given)
    except (Refused, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}.\n")
        return 3 if isinstance(error, Refused) else 5
    sys.stdout.writelines(f"{line}\n" for line in (*steps, f"{outcome}."))
    return 3 if outcome == BROKEN else 0


if __name__ == "__main__":
    sys.exit(main())
