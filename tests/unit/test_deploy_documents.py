"""The commands that the documents give for a server, against what they are given to."""

import argparse
import importlib
import re
import shlex
from dataclasses import dataclass, field

import pytest

from lib.settings import ROOT
from tests.unit.test_deploy import COMPOSE, EXAMPLE, SERVICES, image_environment, instructions

DOCUMENTS = ("README.md", "docs/server.md")
SERVER = (ROOT / "docs" / "server.md").read_text()
HEADER = "\n".join(re.findall(r"^#   (.*)", (ROOT / "compose.yaml").read_text(), re.MULTILINE))
ENV_FILE = "deploy/server.env"
# What each command of `docker compose` may be given here; one that is not here is looked up first.
FLAGS = {
    "up": {"--detach", "--build"},
    "exec": {"-T"},
    "run": {"--rm"},
    "cp": set(),
    "stop": set(),
}
IN_A_CONTAINER = ("exec", "run")


@dataclass(frozen=True)
class Line:
    """A line of `docker compose`, taken apart."""

    env_file: str
    command: str
    flags: list[str]
    rest: list[str]
    profiles: list[str] = field(default_factory=list)


def commands_in(text: str) -> list[list[str]]:
    """Return the words of each command, without comments."""
    joined = text.replace("\\\n", " ")
    return [words for line in joined.splitlines() if (words := shlex.split(line, comments=True))]


def shell_blocks(document: str) -> str:
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", (ROOT / document).read_text(), re.MULTILINE | re.DOTALL))


def every_command() -> list[list[str]]:
    """Return the commands of all sh blocks, what is joined by && being two, and of compose.yaml's first lines."""
    told = "\n".join([*map(shell_blocks, DOCUMENTS), HEADER])
    return [part for line in commands_in(told) for part in split_at(line, "&&")]


def split_at(words: list[str], mark: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == mark:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def taken_apart(words: list[str]) -> Line:
    """Return what `docker compose` is told."""
    left, before = words[2:], argparse.ArgumentParser(prog="docker compose")
    before.add_argument("--env-file", default="")
    before.add_argument("--profile", action="append", default=[])
    before.add_argument("command")
    before.add_argument("left", nargs=argparse.REMAINDER)
    found = before.parse_args(left)
    flags: list[str] = []
    while found.left and found.left[0].startswith("-"):
        flags.append(found.left.pop(0))
    return Line(found.env_file, found.command, flags, found.left, found.profile)


COMPOSED = [taken_apart(words) for words in every_command() if words[:2] == ["docker", "compose"]]
INSIDE = [line for line in COMPOSED if line.command in IN_A_CONTAINER]


def program(words: list[str]) -> list[str] | None:
    """Return module and arguments of a command that starts one of ours."""
    for before, at in zip(words, range(1, len(words) - 1), strict=False):
        if before.endswith("python") and words[at] == "-m" and words[at + 1].split(".")[0] == "lib":
            return words[at + 1 :]
    return None


PROGRAMS = [found for line in every_command() if (found := program(line))]


class Taken(Exception):
    """The arguments were taken."""


def test_there_is_something_to_look_at() -> None:
    assert {"up", "exec", "run", "cp", "stop"} <= {line.command for line in COMPOSED}
    assert [line.rest[0] for line in INSIDE].count("app") == len(INSIDE) >= 4
    assert any("lib.doctor" in line.rest for line in INSIDE)
    assert {"lib.backup", "lib.cards", "lib.capture", "lib.doctor", "lib"} <= {words[0] for words in PROGRAMS}


@pytest.mark.parametrize("line", COMPOSED, ids=lambda line: " ".join([line.command, *line.rest[:4]]))
def test_compose_is_told_what_it_knows(line: Line) -> None:
    assert set(line.flags) <= FLAGS[line.command]
    profiles = {name for service in SERVICES.values() for name in service.get("profiles", [])}
    assert set(line.profiles) <= profiles
    # Without it no line is taken: ${POSTGRES_PASSWORD:?} and the like would be missing.
    assert line.env_file == ENV_FILE
    assert all(service.get("env_file") in (None, [ENV_FILE]) for service in SERVICES.values())
    if line.command in ("up", "stop"):
        assert set(line.rest) <= set(SERVICES)
    elif line.command == "cp":
        (service, place), _ = line.rest[0].split(":"), line.rest[1]
        assert is_kept(service, place)
    elif line.command in IN_A_CONTAINER:
        assert line.rest[0] in SERVICES


@pytest.mark.parametrize("line", INSIDE, ids=lambda line: " ".join(line.rest[:5]))
def test_what_is_started_in_a_container_is_in_it(line: Line) -> None:
    service, started, *arguments = line.rest
    assert SERVICES[service]["image"] == SERVICES["app"]["image"]
    assert started in ("python", "sh")
    if started == "python":
        assert program(["python", *arguments])
    for place in re.findall(r"/data[^\s']*", " ".join(arguments)):
        assert is_kept(service, place)


def is_kept(service: str, place: str) -> bool:
    """Whether a path in the service's container is on a volume."""
    return any(place.startswith(mounted.split(":")[1] + "/") for mounted in SERVICES[service]["volumes"])


@pytest.mark.parametrize("words", PROGRAMS, ids=" ".join)
def test_every_program_that_is_named_is_there_and_takes_its_arguments(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, *arguments = words
    folder = ROOT.joinpath(*name.split("."))
    assert (folder / "__main__.py").exists()
    if name == "lib":  # what it is given is Streamlit's
        assert all(re.fullmatch(r"--(server|browser|logger)\.\w+", word) for word in arguments[::2])
        return
    taking = argparse.ArgumentParser.parse_args

    def only_take(parser: argparse.ArgumentParser, *given: object) -> None:
        taking(parser, *given)
        raise Taken

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", only_take)
    with pytest.raises(Taken):
        importlib.import_module(f"{name}.__main__").main(arguments)


def test_what_must_be_set_is_said() -> None:
    wanted = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text()))
    section = SERVER.partition("\n## Containers\n")[2].partition("\n## ")[0]
    assert len(wanted) == 3
    assert {name for name in wanted if f"`{name}`" not in section} == set()
    assert wanted <= set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_the_places_that_are_said_are_those_of_the_files() -> None:
    section = SERVER.partition("\n## Containers\n")[2].partition("\n## ")[0]
    (published,) = SERVICES["app"]["ports"]
    assert f"published, on {published.rpartition(':')[0]}." in section
    (user,) = instructions("USER")
    assert f"chown {user.split(':')[0]} {COMPOSE['secrets']['streamlit']['file']}" in section
    copied = [words[1:3] for words in every_command() if words[0] == "cp"]
    assert {to for _, to in copied} >= {ENV_FILE, COMPOSE["secrets"]["streamlit"]["file"]}
    assert all((ROOT / example).exists() for example, _ in copied)
    assert f"PostgreSQL {SERVICES['database']['image'].split(':')[1].split('-')[0]}" in section
    assert f"docker network inspect {COMPOSE['name']}_outside" in EXAMPLE
    assert "outside" in SERVICES["app"]["networks"]


def test_what_must_survive_lies_in_volumes_that_are_named() -> None:
    section = SERVER.partition("\n## Containers\n")[2].partition("\n## ")[0]
    home = image_environment()["MEISHI_HOME"]
    assert SERVICES["app"]["volumes"] == SERVICES["worker"]["volumes"] == [f"home:{home}"]
    assert SERVICES["database"]["volumes"] == ["database:/var/lib/postgresql/data"]
    (place,) = [word.removeprefix("-dir=") for word in SERVICES["storage"]["command"] if word.startswith("-dir=")]
    assert SERVICES["storage"]["volumes"] == [f"storage:{place}"]
    assert all(f"`{name}`" in section for name in COMPOSE["volumes"])
    assert not {"MEISHI_HOME", "BACKUP_FOLDER"} & set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_the_header_of_the_compose_file_says_what_the_document_says() -> None:
    told = {" ".join(words) for words in commands_in(HEADER)}
    documented = {
        " ".join(part) for line in commands_in(shell_blocks("docs/server.md")) for part in split_at(line, "&&")
    }
    assert len(told) == 3
    assert told <= documented
