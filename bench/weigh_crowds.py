"""Label sets: ours and the peers on plain crowds, given as files or drawn from seeds."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from measures import Floats, accuracy, crowd_loss
from rows import Row
from weigh_cases import Peers, Told

from trucekeeper.weighing.fitting.labels import Labels, posterior

Set = tuple[str, list[tuple[str, str, str]], dict[str, str]]
SHAPES = (
    {"items": 400, "workers": 40, "classes": 2, "each": 7, "hard": 0.3, "liars": 0.0},
    {"items": 400, "workers": 60, "classes": 2, "each": 10, "hard": 0.2, "liars": 0.2},
    {"items": 500, "workers": 60, "classes": 5, "each": 5, "hard": 0.3, "liars": 0.0},
)


def rows(named: str | None, peers: Peers | None, methods: Sequence[str], *, small: bool) -> Iterator[Row]:
    """Accuracy and log-loss of each set, with the goal against voting and Dawid-Skene."""
    shapes = [
        {**shape, "items": shape["items"] // 4} if small else shape
        for shape in (SHAPES[1:2] if small else SHAPES)
    ]
    sets = read(Path(named)) if named else [drawn(7 + at, **shape) for at, shape in enumerate(shapes)]
    told: list[Told] = [{} for _ in sets] if peers is None else peers.run([one[1] for one in sets], methods)
    for (name, lines, gold), found in zip(sets, told, strict=True):
        yield from _measured(name, lines, gold, found)


def read(place: Path) -> list[Set]:
    """The label set in a folder, or those in the folders below it."""
    folders = (
        [place]
        if (place / "labels.csv").exists()
        else sorted(path.parent for path in place.glob("*/labels.csv"))
    )
    found: list[Set] = []
    for folder in folders:
        with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
            last = {(row["item"], row["worker"]): row["label"] for row in csv.DictReader(file)}
        with (folder / "gold.csv").open(encoding="utf-8", newline="") as file:
            gold = {row["item"]: row["label"] for row in csv.DictReader(file)}
        found.append((folder.name, [(item, who, label) for (item, who), label in last.items()], gold))
    return found


def _measured(
    name: str, lines: list[tuple[str, str, str]], gold: dict[str, str], told: Told
) -> Iterator[Row]:
    items = sorted({item for item, _, _ in lines})
    classes = sorted({label for _, _, label in lines} | set(gold.values()))
    truth = np.array([classes.index(gold[item]) for item in items if item in gold], dtype=np.int64)
    kept = np.array([at for at, item in enumerate(items) if item in gold])
    ours = posterior(numbered(lines, items, classes))[kept]
    methods: dict[str, Floats] = {"smoothed voting": voted(lines, items, classes)[kept]}
    for peer, found in told.items():
        methods[peer] = np.array([[found[item].get(one, 0.0) for one in classes] for item in items])[kept]
    mine = (accuracy(ours, truth), crowd_loss(ours, truth))
    for method, chance in methods.items():
        yield Row(f"{name}: accuracy of {method}", round(accuracy(chance, truth), 4), "")
        yield Row(f"{name}: log-loss of {method}", round(crowd_loss(chance, truth), 4), "nats")
    skene = methods.get("Dawid-Skene")
    least = accuracy(skene, truth) - 0.005 if skene is not None else None
    most = min(
        crowd_loss(methods[one], truth) for one in ("smoothed voting", "Dawid-Skene") if one in methods
    )
    goal = None if least is None else f">= {least:.4f}"
    yield Row(
        f"{name}: accuracy, ours", round(mine[0], 4), "", goal, None if least is None else mine[0] >= least
    )
    yield Row(f"{name}: log-loss, ours", round(mine[1], 4), "nats", f"<= {most:.4f}", mine[1] <= most)


def numbered(lines: list[tuple[str, str, str]], items: list[str], classes: list[str]) -> Labels:
    """The lines as numbers."""
    of_item = {name: at for at, name in enumerate(items)}
    of_class = {name: at for at, name in enumerate(classes)}
    workers = {name: at for at, name in enumerate(sorted({who for _, who, _ in lines}))}
    table = np.array(
        [(of_item[item], workers[who], of_class[label]) for item, who, label in lines], dtype=np.int64
    )
    return Labels(table[:, 0], table[:, 1], table[:, 2], len(items), len(workers), len(classes))


def voted(lines: list[tuple[str, str, str]], items: list[str], classes: list[str]) -> Floats:
    """Shares of votes, one added to each class."""
    one = numbered(lines, items, classes)
    tally = np.ones((one.items, one.classes))
    np.add.at(tally, (one.item, one.label), 1)
    return tally / tally.sum(axis=1, keepdims=True)


def drawn(  # noqa: PLR0913 - what a crowd is, in full
    seed: int, *, items: int, workers: int, classes: int, each: int, hard: float, liars: float
) -> Set:
    """A crowd from a seed: abilities vary, some items are hard, some workers turn every label round."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, items)
    able = random.beta(6, 2.5, workers)
    turned = random.random(workers) < liars
    guess = random.random(items) * hard * 2
    lines: list[tuple[str, str, str]] = []
    for item in range(items):
        for who in random.choice(workers, each, replace=False):
            label = int(truth[item])
            if random.random() > able[who]:
                label = int((label + 1 + random.integers(0, classes - 1)) % classes)
            if turned[who]:
                label = (label + 1) % classes
            if random.random() < guess[item]:
                label = int(random.integers(0, classes))
            lines.append((f"i{item:05}", f"w{who}", str(label)))
    name = f"drawn, {classes} classes, {items} items x {each}" + (", a fifth liars" if liars else "")
    return name, lines, {f"i{item:05}": str(label) for item, label in enumerate(truth)}
