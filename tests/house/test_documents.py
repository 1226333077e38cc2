"""The documents say what the code does: settings, commands, targets, links, the public contract."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer
import yaml

from dancu.cli.main import HELP
from dancu.exchange.domain import Outcome
from dancu.exchange.lists import ListCriteria
from dancu.exchange.reasons import REGISTRY_REASONS, Reason
from dancu.gateway import feeds, listings_rest, rest
from dancu.kernel.errors import Conflict, Invalid, NotAllowed, TooMany, Unavailable
from dancu.kernel.warrants import Field
from tests.house import generated_docs
from tests.house.tree import ROOT, SOURCE, kept_files, python_files

_SETTING = re.compile(r"\b(DANCU_[A-Z_]+[A-Z]|DATABASE_(?:[A-Z]+_)?URL)\b")
_CONTRACT = SOURCE / "gateway" / "openapi.yaml"
# Between the test suite and the processes it starts; nobody sets them by hand.
_INTERNAL = {"DANCU_TEST", "DANCU_TEST_OWNER", "DANCU_TEST_WEB", "DANCU_TEST_GATEWAY"}


def documents() -> list[Path]:
    kept = {p for p in kept_files() if p.suffix == ".md"}
    return sorted(kept | set((ROOT / "docs").rglob("*.md")) | set(ROOT.glob("*.md")))


def settings_in(text: str) -> set[str]:
    return set(_SETTING.findall(text)) - _INTERNAL


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    page = settings_in((ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8"))
    code = settings_in((SOURCE / "kernel/config.py").read_text(encoding="utf-8"))
    files = [p for p in python_files("src", "tests") if p.name != Path(__file__).name] + [ROOT / ".ci/run", ROOT / "Makefile"]
    everywhere = set().union(*(settings_in(p.read_text(encoding="utf-8")) for p in files))

    assert code - page == set()
    assert everywhere - page == set()
    assert page - everywhere == set()


def test_no_setting_is_described_twice() -> None:
    page = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8")

    rows = re.findall(r"(?m)^\| `([A-Z_]+)` \|", page)

    assert len(rows) > 20
    assert [name for name, times in Counter(rows).items() if times > 1] == []


def fenced(text: str) -> str:
    return "\n".join(re.findall(r"```[a-z]*\n(.*?)```", text, re.S))


def commands_in(text: str) -> set[tuple[str, str]]:
    """`dancu WORD [WORD]` at the start of a line of an example, or in backticks in the prose."""
    found = re.findall(r"(?m)^(?:\$ )?(?:\.venv/bin/)?dancu ([a-z]+)((?: [a-z-]+)*)", fenced(text))
    found += re.findall(r"`dancu ([a-z]+)((?: [a-z-]+)*)", text)
    return {(name, rest_) for name, rest_ in found}


def subcommand_exists(name: str, words: list[str]) -> bool:
    app: typer.Typer = import_module(f"dancu.cli.{name}").app
    group: Any = typer.main.get_command(app)
    for word in words:
        if not hasattr(group, "commands"):
            return True  # an argument
        if word not in group.commands:
            return False
        group = group.commands[word]
    return True


@pytest.mark.parametrize("document", documents(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_document_names_commands_targets_and_files_that_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for name, words in commands_in(text):
        assert name in HELP, f"there is no command dancu {name}"
        assert subcommand_exists(name, words.split()), f"there is no command dancu {name}{words}"
    for target in re.findall(r"(?m)^(?:\$ )?make ([a-z-]+)", fenced(text)) + re.findall(r"`make ([a-z-]+)", text):
        assert re.search(rf"(?m)^{target}:", makefile), f"there is no target {target}"
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in link and not link.startswith("mailto:"):
            assert (document.parent / link).exists(), f"dead link {link}"


_FROM_A_DOOR = re.compile(r"import from `(dancu\.\w+\.api)`: ((?:`\w+`[,\s]*)+)")


def test_what_a_document_says_to_import_stands_in_that_door() -> None:
    told = [found for document in documents() for found in _FROM_A_DOOR.findall(document.read_text(encoding="utf-8"))]

    assert told
    for door, names in told:
        assert set(re.findall(r"\w+", names)) - set(import_module(door).__all__) == set(), f"{door} has no such names"


def test_a_command_nobody_wrote_is_noticed() -> None:
    assert commands_in("```sh\ndancu exchange fly to\n```") == {("exchange", " fly to")}
    assert not subcommand_exists("exchange", ["client", "fly"])
    assert subcommand_exists("exchange", ["client", "suspend"])


def test_generated_pages_are_as_generated() -> None:
    for path, text in generated_docs.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run make docs"


def contract() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_CONTRACT.read_text(encoding="utf-8"))
    return loaded


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = contract()
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return resolved(found)


def test_the_public_contract_has_exactly_the_paths_of_the_gateway() -> None:
    told = {
        (path, method.upper())
        for path, item in contract()["paths"].items()
        for method in item
        if path.startswith("/v1/") and method in ("get", "post", "delete")
    }
    served = {(path, "POST") for path in rest.PATHS}
    served |= {(pattern.replace(feeds.ID, "{id}"), method) for pattern, methods in feeds.PATHS.items() for method in methods}

    assert told == served


@pytest.mark.parametrize(
    ("schema", "read"),
    [
        ("SubscriptionQuestion", feeds.SubscriptionQuestion),
        ("ChangesQuestion", feeds.ChangesQuestion),
        ("ListQuestion", listings_rest.ListQuestion),
        ("PageQuestion", listings_rest.PageQuestion),
        ("ListCriteria", ListCriteria),
    ],
)
def test_further_questions_of_the_public_contract_are_those_the_gateway_reads(schema: str, read: type) -> None:
    body = contract()["components"]["schemas"][schema]
    fields = msgspec.structs.fields(read)

    assert set(body["properties"]) == {f.encode_name for f in fields}
    assert set(body.get("required", ())) == {f.encode_name for f in fields if f.required}
    assert body["additionalProperties"] is False


@pytest.mark.parametrize("path", sorted(rest.PATHS))
def test_the_question_of_the_public_contract_is_the_one_the_gateway_reads(path: str) -> None:
    asked = resolved(contract()["paths"][path]["post"]["requestBody"])
    body = resolved(asked["content"]["application/json"]["schema"])
    read = msgspec.structs.fields(rest.PersonQuestion)

    assert set(body["properties"]) == {f.encode_name for f in read}
    assert set(body["required"]) == {f.encode_name for f in read if f.required}
    assert body["additionalProperties"] is False


@pytest.mark.parametrize("path", sorted(rest.PATHS))
def test_the_answer_of_the_public_contract_is_the_one_the_gateway_gives(path: str) -> None:
    answers = contract()["paths"][path]["post"]["responses"]
    answer = resolved(resolved(answers["201"])["content"]["application/json"]["schema"])
    properties: dict[str, Any] = {}
    for part in [answer, *map(resolved, answer.get("allOf", []))]:
        properties |= part.get("properties", {})
    given = {f.encode_name for f in msgspec.structs.fields(rest.VerificationBody)}
    if path == "/v1/verifications":
        given.remove("facts")

    assert set(properties) == given
    assert set(resolved(properties["outcome"])["enum"]) == set(Outcome)
    errors = {str(e.status) for e in (Invalid, NotAllowed, Conflict, TooMany, Unavailable)}
    assert set(answers) == errors | {"201", "401", "413"}


def test_the_public_contract_lists_every_field_and_reason() -> None:
    schemas = contract()["components"]["schemas"]
    enums = [set(s["enum"]) for s in schemas.values() if "enum" in s]

    assert set(Field) in enums, "no schema lists exactly the fields that can be granted"
    text = _CONTRACT.read_text(encoding="utf-8")
    assert {reason for reason in Reason if reason not in text} == REGISTRY_REASONS
