"""The agreement as one HTML page: the articles left, what is checked of them right; no script, nothing fetched."""

from trucekeeper.agreement.model import Agreement
from trucekeeper.agreement.page import page
from trucekeeper.reports.templates import drawn


def agreement_html(agreement: Agreement) -> bytes:
    """The whole page as UTF-8; every word of the agreement is escaped."""
    return drawn("agreement.html", page=page(agreement)).lstrip().encode()
