"""Night, cloud, and hours in which a device is down."""

import numpy as np

from sim.arrays import Bools, Floats, Ints, stream
from sim.scenario import Scenario


def spells(rng: np.random.Generator, hours: float, share: float, mean_h: float) -> Floats:
    """Edges of alternating spells from hour 0 on; inside the state between edges 0-1, 2-3, ..."""
    if share <= 0:
        return np.array([hours * 2, hours * 2 + 1])
    if share >= 1:
        return np.array([-1.0, hours * 2])
    count = int(hours / mean_h * share) + 20
    inside = rng.exponential(mean_h, count * 3)
    outside = rng.exponential(mean_h * (1 - share) / share, count * 3)
    lengths = np.stack([outside, inside], axis=1).ravel()
    edges: Floats = np.cumsum(lengths)
    return edges - rng.uniform(0, mean_h / share)


def within(edges: Floats, hour: Floats) -> Bools:
    """Whether the hours lie inside a spell."""
    found: Bools = np.searchsorted(edges, hour, side="right") % 2 == 1
    return found


def is_night(scenario: Scenario, hour: Floats) -> Bools:
    """Darkness, centred on midnight."""
    of_day = np.mod(hour, 24)
    found: Bools = np.minimum(of_day, 24 - of_day) < scenario.weather.night_hours / 2
    return found


def is_cloudy(scenario: Scenario, era: str, region: Ints, hour: Floats) -> Bools:
    """Cloud over the stretch at the hour."""
    weather = scenario.weather
    found = np.zeros(len(hour), dtype=np.bool_)
    for at in range(scenario.front.regions):
        rng = stream(scenario.seed, f"cloud {era} {at}")
        here = region == at
        edges = spells(rng, float(scenario.front.days * 24), weather.cloud, weather.cloud_hours)
        found[here] = within(edges, hour[here])
    return found
