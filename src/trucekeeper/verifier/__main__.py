"""``python -m trucekeeper.verifier BUNDLE --key log.vkey``: the verifier alone, all of it in this room."""

import argparse
import sys
from pathlib import Path

from trucekeeper.verifier.notes import Refused
from trucekeeper.verifier.verify import verify_bundle


def main() -> int:
    """Print each step as it was shown, and end with 0; or one sentence, and end with 3."""
    asked = argparse.ArgumentParser(
        prog="python -m trucekeeper.verifier", description="Check a bundle offline."
    )
    asked.add_argument("bundle", type=Path)
    asked.add_argument("--key", type=Path, required=True, help="the log's verifier key, log.vkey")
    asked.add_argument("--policy", type=Path, help="your own copy of the witness policy")
    asked.add_argument("--older", type=Path, help="a checkpoint that you kept from before")
    given = asked.parse_args()
    try:
        key, policy, older = (
            one and one.read_text("utf-8") for one in (given.key, given.policy, given.older)
        )
        found = verify_bundle(given.bundle.read_bytes(), key, policy, older)
    except (Refused, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}.\n")
        return 3 if isinstance(error, Refused) else 5
    sys.stdout.writelines(f"{line}\n" for line in (*found.steps, f"Authentic: {found.subject}."))
    return 0


if __name__ == "__main__":
    sys.exit(main())
