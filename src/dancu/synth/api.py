"""The door of the simulated nation."""

from dancu.synth.check import Violations, check_nation
from dancu.synth.files import ENDINGS, write_persons
from dancu.synth.nation import Order, generate, write_nation, write_persons_file
from dancu.synth.part import Source
from dancu.synth.personas import FATHER, MOTHER, PERSONAS

__all__ = [
    "ENDINGS",
    "FATHER",
    "MOTHER",
    "PERSONAS",
    "Order",
    "Source",
    "Violations",
    "check_nation",
    "generate",
    "write_nation",
    "write_persons",
    "write_persons_file",
]
