"""Who saw what, where, when and how, with uncertainty."""
