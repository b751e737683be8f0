"""``python -m trucekeeper.record BUNDLE --key log.vkey``: the verifier alone.

It loads this room, the kernel and ``cryptography``, and nothing else of the product: an opponent can read all
that runs. ``truce verify`` calls the same function.
"""

import argparse
import sys
from pathlib import Path

from trucekeeper.kernel.errors import TruceError
from trucekeeper.record.verify import verify_bundle


def main() -> int:
    """Print each step as it was shown, and end with 0; or one sentence, and end with 3."""
    asked = argparse.ArgumentParser(
        prog="python -m trucekeeper.record", description="Check a bundle offline."
    )
    asked.add_argument("bundle", type=Path)
    asked.add_argument("--key", type=Path, required=True, help="the log's verifier key, log.vkey")
    asked.add_argument("--older", type=Path, help="a checkpoint that you kept from before")
    given = asked.parse_args()
    try:
        older = None if given.older is None else given.older.read_bytes()
        found = verify_bundle(given.bundle.read_bytes(), given.key.read_text("ascii").strip(), older)
    except TruceError as error:
        sys.stderr.write(f"{error}.\n")
        return 3
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"a file cannot be read ({error}); name another.\n")
        return 5
    sys.stdout.writelines(f"{line}\n" for line in (*found.steps, f"Authentic: {found.subject}."))
    return 0


if __name__ == "__main__":
    sys.exit(main())
