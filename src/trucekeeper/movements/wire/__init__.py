"""The signed forms of deconfliction, one file for each family of kinds; ``read`` and ``body`` undo each other."""

TAKEN = ("notice/v1", "notice-step/v1", "acknowledgement/v1")
"""The kinds that the deconfliction desk takes from outside."""

COMMITTED = ("commitment/v1", "reveal/v1")
"""The kinds that the commitment desk takes from outside."""
