"""The signed forms of deconfliction, one file for each family of kinds; ``read`` and ``body`` undo each other."""
