"""The door rule over the import graph: who came past a door?

`api` is open to everyone above. The doors without a framework exist so that the gateway, the witness and the offline
verifier never reach Django: `domain`, `hot`, `reader`, `journal`, the exchange's `feeds`, `messages` and `trial`, the gate's
`conformance`, the registry's `units` and `cards`, the comparison of lists in `alone` and `running`, the simulated nation's
`personas`, the ledger's `logs`, `notes`, `proofs`, `statements`, `tree`, `witnessing` and `outside`.
They are open to modules that are framework-free themselves.
"""

from __future__ import annotations

import grimp

from tests.house.tree import NOT_ROOMS

FREE_DOORS = frozenset(
    {
        "alone",
        "cards",
        "conformance",
        "domain",
        "feeds",
        "hot",
        "journal",
        "logs",
        "messages",
        "notes",
        "outside",
        "personas",
        "proofs",
        "reader",
        "running",
        "sequencer",
        "statements",
        "tree",
        "trial",
        "units",
        "witnessing",
    }
)


def graph_of(package: str = "dancu") -> grimp.ImportGraph:
    return grimp.build_graph(package, include_external_packages=True, cache_dir=None)


def past_the_door(graph: grimp.ImportGraph) -> list[str]:
    reaches_django = {"dancu"} | graph.find_downstream_modules("django")
    return [
        f"{importer} -> {imported}"
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if _part(imported, 0) == "dancu"
        and _part(imported, 1) not in NOT_ROOMS
        and _part(imported, 1)
        and _part(importer, 1) not in {_part(imported, 1), "project"}
        and _part(imported, 2) != "api"
        and not (_part(imported, 2) in FREE_DOORS and importer not in reaches_django)
    ]


def _part(module: str, index: int) -> str:
    return [*module.split("."), "", "", ""][index]
