"""One folder, one office: settings, logs and wiring."""
