"""Majority vote, Dawid-Skene, GLAD and MACE of crowd-kit, in an environment of their own.

``python crowd_peers.py JOBS`` reads ``{"methods": [...], "jobs": [[LABELS, OUT], ...]}``: of each file of lines
``item,worker,label`` it writes one JSON object, method to item to label to probability.
"""

import json
import sys
import warnings
from pathlib import Path


def main() -> int:
    """Run every method on every file."""
    warnings.simplefilter("ignore")
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for labels, out in asked["jobs"]:
        Path(out).write_text(json.dumps(told(labels, asked["methods"])), encoding="utf-8")
    return 0


def told(labels: str, asked: list[str]) -> dict[str, dict[str, dict[str, float]]]:
    """What each method makes of one file."""
    import pandas as pd  # noqa: PLC0415 - only this environment has it
    from crowdkit.aggregation import GLAD, MACE, DawidSkene  # noqa: PLC0415
    from crowdkit.aggregation.classification import MajorityVote  # noqa: PLC0415

    table = pd.read_csv(labels, dtype=str, keep_default_na=False).rename(columns={"item": "task"})
    table = table[["task", "worker", "label"]].drop_duplicates(["task", "worker"], keep="last")
    methods = {
        "majority vote": MajorityVote(),
        "Dawid-Skene": DawidSkene(n_iter=100),
        "GLAD": GLAD(n_iter=30),
        "MACE": MACE(n_restarts=3, n_iter=30, random_state=7),
        "GLAD, 5 rounds": GLAD(n_iter=5),
        "MACE, 10 rounds once": MACE(n_restarts=1, n_iter=10, random_state=7),
    }
    found: dict[str, dict[str, dict[str, float]]] = {}
    for name in asked:
        chance = methods[name].fit_predict_proba(table).fillna(0.0)
        found[name] = {
            str(item): {str(label): float(value) for label, value in row.items()}
            for item, row in chance.iterrows()
        }
    return found


if __name__ == "__main__":
    sys.exit(main())
