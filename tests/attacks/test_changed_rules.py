"""Somebody changes the rules after the fact: a threshold in the agreement, or the agreement's whole folder."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.office_kit import Kit, key_of, new_kit, seen
from trucekeeper.agreement import folder
from trucekeeper.findings.recompute import Outcome, Rules
from trucekeeper.kernel.errors import BadInput, NotTrusted
from trucekeeper.office.audit import audit_office
from trucekeeper.office.methods import WEIGHERS
from trucekeeper.office.released import audit_bundle


@pytest.fixture
def found(tmp_path: Path) -> Iterator[Kit]:
    """An office with one finding."""
    kit = new_kit(tmp_path / "office")
    refs = kit.observe("ada", seen("1"), seen("2", source="camera-lake"))
    kit.office.triage.open(refs, key_of("ben"))
    kit.office.inquiry.draft("INC-2026-000001", kit.office.signer)
    kit.office.record.integrate()
    yield kit
    kit.office.close()


def loosened(agreement: Path, target: Path) -> Path:
    """The agreement with an hour to reply where there was a day, locked anew."""
    shutil.copytree(agreement, target)
    head = target / "agreement.yaml"
    text = head.read_text("utf-8")
    assert "reply_hours: 24" in text
    head.write_text(text.replace("reply_hours: 24", "reply_hours: 1"), "utf-8")
    with pytest.raises(BadInput, match="is not what was locked"):
        folder.load(target)
    folder.lock(target)
    return target


def test_an_agreement_that_was_changed_is_refused(found: Kit, tmp_path: Path) -> None:
    changed = loosened(found.office.folder.agreement, tmp_path / "agreement")
    with pytest.raises(NotTrusted, match="not the one on the record"):
        audit_office(found.root, changed)


def test_a_bundle_is_not_audited_by_another_agreement(found: Kit, tmp_path: Path) -> None:
    changed = loosened(found.office.folder.agreement, tmp_path / "agreement")
    data = found.office.publication.bundle("INC-2026-000001")
    with pytest.raises(NotTrusted, match="not the one on the record"):
        audit_bundle(data, found.office.record.vkey, changed)


def test_a_standard_changed_behind_the_digest_gives_other_bytes(
    found: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever could make software read other standards out of the same text would be seen by those who cannot."""
    agreed = folder.load(found.office.folder.agreement)
    terms = tuple(
        replace(term, standard=replace(term.standard, event_ppm=999_999, attribution_ppm=999_999))
        for term in agreed.terms
    )
    forged = Rules(replace(agreed, terms=terms), WEIGHERS)
    monkeypatch.setattr("trucekeeper.office.audit.Rules", lambda *_: forged)
    (one,) = audit_office(found.root).findings
    assert one.outcome is Outcome.DIFFERENT
    assert one.why.startswith("findings.")
