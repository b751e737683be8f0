"""Majority vote, Dawid-Skene, GLAD and MACE of crowd-kit, in an environment of their own.

``python crowd_peers.py LABELS OUT [METHOD ...]`` reads lines ``item,worker,label`` and writes one JSON object:
method to item to label to probability.
"""

import json
import sys
import warnings
from pathlib import Path


def main() -> int:
    """Run every method."""
    warnings.simplefilter("ignore")
    import pandas as pd  # noqa: PLC0415 - only this environment has it
    from crowdkit.aggregation import GLAD, MACE, DawidSkene  # noqa: PLC0415
    from crowdkit.aggregation.classification import MajorityVote  # noqa: PLC0415

    table = pd.read_csv(sys.argv[1], dtype=str).rename(columns={"item": "task"})
    table = table[["task", "worker", "label"]].drop_duplicates(["task", "worker"], keep="last")
    methods = {
        "majority vote": MajorityVote(),
        "Dawid-Skene": DawidSkene(n_iter=100),
        "GLAD": GLAD(n_iter=30),
        "MACE": MACE(n_restarts=3, n_iter=30, random_state=7),
    }
    found: dict[str, dict[str, dict[str, float]]] = {}
    for name, method in methods.items():
        if sys.argv[3:] and name not in sys.argv[3:]:
            continue
        chance = method.fit_predict_proba(table).fillna(0.0)
        found[name] = {
            str(item): {str(label): float(value) for label, value in row.items()}
            for item, row in chance.iterrows()
        }
    Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
