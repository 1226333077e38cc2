"""The door of the simulated nation."""

from dancu.synth.against import Against, write_against
from dancu.synth.check import Violations, check_nation
from dancu.synth.dirty import dirty_list, rates_of, write_dirty
from dancu.synth.files import ENDINGS, write_persons
from dancu.synth.nation import Order, generate, write_nation, write_persons_file
from dancu.synth.part import Source
from dancu.synth.personas import FATHER, MOTHER, PERSONAS
from dancu.synth.report import Comparison, as_json, as_table, compare_nation
from dancu.synth.report_page import report_page
from dancu.synth.statistics import Statistics, read_statistics

__all__ = [
    "ENDINGS",
    "FATHER",
    "MOTHER",
    "PERSONAS",
    "Against",
    "Comparison",
    "Order",
    "Source",
    "Statistics",
    "Violations",
    "as_json",
    "as_table",
    "check_nation",
    "compare_nation",
    "dirty_list",
    "generate",
    "rates_of",
    "read_statistics",
    "report_page",
    "write_against",
    "write_dirty",
    "write_nation",
    "write_persons",
    "write_persons_file",
]
