"""How Sphinx builds these pages: offline, and every warning is an error (``make docs``)."""

import tomllib
from pathlib import Path

_PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]

project = "Trucekeeper"
author = _PROJECT["authors"][0]["name"]
release = version = _PROJECT["version"]
project_copyright = author

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = f"Trucekeeper {release}"
html_show_sphinx = False
html_last_updated_fmt = None
