"""A report on a historical span: years as rows, and what attribution the data allows."""

from datetime import UTC, datetime

from trucekeeper.agreement.model import Agreement
from trucekeeper.kernel.clock import Instant, Interval, from_datetime, to_datetime
from trucekeeper.observations.model import Kind
from trucekeeper.reports.acts import acts_section
from trucekeeper.reports.answers import cases_section
from trucekeeper.reports.counting import entries
from trucekeeper.reports.doubts import doubts_section
from trucekeeper.reports.looking import efforts_in
from trucekeeper.reports.method import method_section
from trucekeeper.reports.model import Cited, Figure, Prose, Report, Row, Section, Table
from trucekeeper.reports.phrases import moment_words, offset_words
from trucekeeper.reports.ports import Ground, Reportbook
from trucekeeper.reports.scene import Scene, Step, gather
from trucekeeper.reports.sketching import sketch
from trucekeeper.reports.touched import terms_section
