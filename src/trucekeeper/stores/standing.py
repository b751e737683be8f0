"""The register of incidents, folded once per act: the record only grows, so what was folded stays right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from trucekeeper.incidents import lifecycle
from trucekeeper.incidents.act import Act
from trucekeeper.incidents.lifecycle import Register
from trucekeeper.record.ref import Ref


@dataclass(slots=True)
class Standing:
    """Remembers the register after the most acts seen so far."""

    _acts: int = 0
    _register: Register = field(default_factory=Register)
    _lock: Lock = field(default_factory=Lock)

    def after(self, acts: Sequence[tuple[int, Act]]) -> Register:
        """The register after these acts, (entry, act) from the first of the record on; the caller's to change."""
        with self._lock:
            if len(acts) < self._acts:
                return lifecycle.fold((Ref(entry), act) for entry, act in acts)
            later = ((Ref(entry), act) for entry, act in acts[self._acts :])
            self._register = lifecycle.fold(later, self._register)
            self._acts = len(acts)
            return self._register.copy()
