"""The door of the simulated nation."""

from dancu.synth.files import write_persons
from dancu.synth.nation import generate
from dancu.synth.personas import FATHER, MOTHER, PERSONAS

__all__ = ["FATHER", "MOTHER", "PERSONAS", "generate", "write_persons"]
