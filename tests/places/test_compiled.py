"""Machine code is kept, and never outlives the source that it was made from."""

from pathlib import Path

from numba.core import config

from trucekeeper.places import compiled
from trucekeeper.places.compiled import folder_name


def test_the_folder_is_named_by_every_source_that_may_be_compiled(tmp_path: Path) -> None:
    caller, called = tmp_path / "caller.py", tmp_path / "called.py"
    caller.write_text("calls")
    called.write_text("old geometry")
    before = folder_name([caller, called])
    assert folder_name([called, caller]) == before
    called.write_text("new geometry")
    assert folder_name([caller, called]) != before


def test_what_this_process_compiles_goes_into_the_folder_of_its_own_source() -> None:
    package = Path(compiled.__file__).parent.parent
    name = folder_name([*(package / "places").glob("*.py"), *(package / "movements").glob("*.py")])
    assert Path(vars(config)["CACHE_DIR"]).name == name
