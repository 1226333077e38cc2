"""A simulated agency: the systems of one province keep asking, one by SOAP as in the field, one by REST. No Django.

What is printed names no person: how many were answered, how many were not and why.
"""

from __future__ import annotations

import itertools
import threading
import time
import urllib.error
from collections import Counter

from dancu.cli.demo import ask_rest, ask_soap
from dancu.cli.demo_scene import Scene
from dancu.cli.told_to_stop import set_when_told
from dancu.kernel.config import Config

PAUSE_SECONDS = 1.0
TOLD_EVERY_SECONDS = 30.0


def keep_asking(config: Config, scene: Scene) -> None:
    """Ask about once a second until stopped; what fails is counted and asked again later, as a field client does."""
    from dancu.synth.api import PERSONAS

    stop = threading.Event()
    set_when_told(stop)
    gateway, counted, told_at = f"http://{config.host}:{config.gateway_port}", Counter[str](), time.monotonic()
    questions = itertools.cycle([(ask, person) for person in PERSONAS for ask in (ask_soap, ask_rest)])
    while not stop.wait(PAUSE_SECONDS):
        ask, person = next(questions)
        try:
            ask(gateway, {name: str(value) for name, value in person.items()}, scene)
            counted["answered"] += 1
        except urllib.error.HTTPError as failure:
            counted[f"status {failure.code}"] += 1
        except RuntimeError:  # a refusal by SOAP looks like nobody
            counted["no person told"] += 1
        except OSError as failure:
            counted[type(failure).__name__] += 1
        if counted.total() == 1 or time.monotonic() - told_at > TOLD_EVERY_SECONDS:
            told_at = time.monotonic()
            print(", ".join(f"{name}: {times}" for name, times in sorted(counted.items())), flush=True)
