"""Delays are those of the sirens, and the fit can be made again from the data."""

import json
from pathlib import Path

import numpy as np

from sim.delays import FILE, fitted, times_ms
from sim.fit_delays import fit
from sim.roster import DISTANT, Source


def test_the_fit_is_the_one_in_the_file(needs_data: Path) -> None:
    assert fit(needs_data / "air_raid_alerts") == json.loads(FILE.read_text(encoding="utf-8"))


def test_draws_have_the_fitted_quantiles() -> None:
    lags = fitted()
    rng = np.random.default_rng(1)
    for draws, wanted in ((lags.later(rng, 200_000), lags.late_s), (lags.apart(rng, 200_000), lags.lag_s)):
        inside = slice(2, -2)
        found = np.percentile(draws, lags.percentiles[inside])
        assert np.allclose(found, wanted[inside], rtol=0.06, atol=1.5)


def test_two_observers_match_as_often_as_the_sirens_did() -> None:
    # Published for these data: within 1, 5 and 30 minutes 74.7, 89.6 and 95.1 %.
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    assert abs(raw["within_1_min"] - 0.747) < 0.005
    assert abs(raw["within_5_min"] - 0.896) < 0.005
    assert abs(raw["matched"] / raw["official_starts"] - 0.951) < 0.005


def test_a_repetition_comes_after_its_original() -> None:
    relay = Source("press", "relay", DISTANT, copies=0)
    begin = np.zeros(500, dtype=np.int64)
    own, again = times_ms(relay, begin, begin + 7_000_000, np.random.default_rng(2))
    assert (own > 0).all()
    assert (again > 7_000_000).all()
