"""Fits how late and how often a second observer reports the same thing, from air raid sirens.

    python -m sim.fit_delays --data FOLDER

reads FOLDER/air_raid_alerts (or the folder in TRUCE_DATA), matches the starts of official alerts of whole
regions with those that volunteers noted, and writes sim/data/delays.json. Only quantiles and shares are kept.
"""

import argparse
import csv
import json
import os
from bisect import bisect_left
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
WINDOW_S = 1800
AT = (0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 100)
"""Percentiles that are kept."""


def starts(path: Path, region: str, only_level: str | None) -> dict[str, list[float]]:
    """Region to the times, in seconds since 1970 and rising, at which an alert began."""
    found: dict[str, list[float]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            if only_level is None or row["level"] == only_level:
                found[row[region]].append(datetime.fromisoformat(row["started_at"]).timestamp())
    return {key: sorted(set(times)) for key, times in found.items()}


def nearest(times: list[float], at: float) -> float | None:
    """Seconds from `at` to the nearest of the times, if within the window."""
    place = bisect_left(times, at)
    lags = [time - at for time in times[max(0, place - 1) : place + 1]]
    lag = min(lags, key=abs, default=WINDOW_S + 1.0)
    return lag if abs(lag) <= WINDOW_S else None


def fit(folder: Path) -> dict[str, object]:
    """The figures of delays.json."""
    official = starts(folder / "official_data_en.csv", "oblast", "oblast")
    volunteer = starts(folder / "volunteer_data_en.csv", "region", None)
    begin = max(min(map(min, official.values())), min(map(min, volunteer.values())))
    end = min(max(map(max, official.values())), max(map(max, volunteer.values())))
    lags: list[float] = []
    missed_by_volunteers = missed_by_officials = 0
    pairs = 0
    for region in sorted(official.keys() & volunteer.keys()):
        ours = [at for at in official[region] if begin <= at <= end]
        theirs = [at for at in volunteer[region] if begin <= at <= end]
        found = [nearest(theirs, at) for at in ours]
        lags += [lag for lag in found if lag is not None]
        pairs += len(ours)
        missed_by_volunteers += sum(lag is None for lag in found)
        missed_by_officials += sum(nearest(ours, at) is None for at in theirs)
    lag_s = np.array(lags)
    late_s = lag_s[lag_s > 0]
    return {
        "source": (
            "github.com/Vadimkin/ukrainian-air-raid-sirens-dataset, MIT, (c) 2022 Vadym Klymenko: starts of official "
            "alerts of whole regions against those noted by volunteers"
        ),
        "window_s": WINDOW_S,
        "official_starts": pairs,
        "matched": len(lags),
        "within_1_min": round(float((np.abs(lag_s) <= 60).sum() / pairs), 4),
        "within_5_min": round(float((np.abs(lag_s) <= 300).sum() / pairs), 4),
        "missed_by_volunteers": round(missed_by_volunteers / pairs, 4),
        "missed_by_officials": round(missed_by_officials / (len(lags) + missed_by_officials), 4),
        "percentiles": list(AT),
        "lag_s": [round(float(value), 1) for value in np.percentile(lag_s, AT)],
        "late_s": [round(float(value), 1) for value in np.percentile(late_s, AT)],
    }


def main() -> None:
    """Read the sirens, write the figures."""
    asked = argparse.ArgumentParser(prog="python -m sim.fit_delays", description=__doc__)
    asked.add_argument(
        "--data", default=os.environ.get("TRUCE_DATA"), help="folder that holds air_raid_alerts"
    )
    asked.add_argument("--out", type=Path, default=HERE / "data" / "delays.json")
    given = asked.parse_args()
    if given.data is None:
        asked.error("name the folder of the data with --data or in TRUCE_DATA")
    figures = fit(Path(given.data) / "air_raid_alerts")
    given.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
