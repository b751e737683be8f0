"""A question about conflicts: volumes, or a notice that is not announced yet."""

from collections.abc import Mapping

from trucekeeper.agreement.model import Deconfliction
from trucekeeper.kernel.canon import Json
from trucekeeper.kernel.clock import parse_utc
from trucekeeper.kernel.errors import BadInput
from trucekeeper.movements import extent
from trucekeeper.movements.model import Ground
from trucekeeper.movements.volume import Volume
from trucekeeper.movements.wire import notices
from trucekeeper.movements.wire.notices import FootprintV1, NoticeV1
from trucekeeper.parties.wire import Strict, parsed

MOST_VOLUMES = 500
_ANY_TIME = "2000-01-01T00:00:00.000Z"
_HIGHEST_M = 100_000


class AskedVolumeV1(Strict):
    """Where and when; an altitude or a moment that is left out is without bound. Altitudes are above WGS 84."""

    footprint: FootprintV1
    start: str | None = None
    end: str | None = None
    low_m: int | None = None
    high_m: int | None = None


class QuestionV1(Strict):
    """Either ``volumes`` or a ``notice``; ``besides`` is a notice that the asker sees and does not mean to meet."""

    volumes: list[AskedVolumeV1] | None = None
    notice: NoticeV1 | None = None
    besides: int | None = None


def read(body: Mapping[str, Json], rules: Deconfliction) -> tuple[tuple[Volume, ...], int | None]:
    """The volumes that are asked about, and which notice to leave out. A notice's have its stand-off on them."""
    form = parsed(QuestionV1, "question", body)
    if (form.volumes is None) == (form.notice is None):
        msg = "question: give volumes or a notice, one of the two"
        raise BadInput(msg)
    if form.volumes is None:
        said = body["notice"]
        assert isinstance(said, dict)  # noqa: S101 - it was read as an object just now
        return extent.volumes(notices.read(said), rules), form.besides
    if not 0 < len(form.volumes) <= MOST_VOLUMES:
        msg = f"question: volumes are none, or more than {MOST_VOLUMES}; ask about the rest apart"
        raise BadInput(msg)
    return tuple(_volume(one) for one in form.volumes), form.besides


def _volume(form: AskedVolumeV1) -> Volume:
    area: dict[str, Json] = form.footprint.model_dump(exclude_none=True)
    ground = notices.where({"areas": [area], "start": _ANY_TIME})
    assert isinstance(ground, Ground)  # noqa: S101 - areas make a ground
    for altitude in (form.low_m, form.high_m):
        if altitude is not None and abs(altitude) > _HIGHEST_M:
            msg = "question: an altitude is beyond 100,000 metres; leave it out where there is no bound"
            raise BadInput(msg)
    return Volume(
        ground.areas[0],
        None if form.start is None else parse_utc(form.start),
        None if form.end is None else parse_utc(form.end),
        None if form.low_m is None else form.low_m * 100,
        None if form.high_m is None else form.high_m * 100,
    )
