"""What is handed to the IT officer besides the program: units, the Containerfile, and the settings in the guide."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer.main

from cli.main import app
from office.reading import read_office
from office.tokens import create_key

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
GUIDE = (ROOT / "docs" / "it-officer.md").read_text("utf-8")
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
COMMAND = "/opt/circulars/bin/circulars"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def parse(words: list[str]) -> None:
    """Read a command of circulars as the command line would."""
    command = typer.main.get_command(app)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    command.make_context("circulars", words)


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_units_run_commands_that_there_are(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=(.+)$", unit.read_text("utf-8"), re.MULTILINE)
    program, *words = shlex.split(line)
    assert program == COMMAND
    parse(words)


def test_every_service_is_confined_alike() -> None:
    confined = {
        unit.name: unit.read_text("utf-8").partition("\nProtectSystem=strict\n")[2].partition("\n\n")[0].strip()
        for unit in UNITS
        if unit.suffix == ".service"
    }
    assert len(confined) == 3
    (settings,) = set(confined.values())
    assert {"NoNewPrivileges=yes", "CapabilityBoundingSet=", "PrivateTmp=yes"} <= set(settings.splitlines())


def test_whoever_of_the_group_sends_may_write_the_log() -> None:
    (tick,) = (unit.read_text("utf-8") for unit in UNITS if unit.name == "circulars-tick.service")
    assert "\nLogsDirectory=circulars\nLogsDirectoryMode=2770\n" in tick


def test_the_guide_names_every_unit() -> None:
    named = set(re.findall(r"circulars-\w+\.(?:service|timer)", GUIDE))
    assert named <= {unit.name for unit in UNITS}
    assert {unit.name for unit in UNITS} - named <= {"circulars-backup.service"}  # its timer is named


@pytest.mark.packages
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = tmp_path / "circulars"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text("utf-8").replace(COMMAND, str(program)))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    complaints = [line for line in verified.stderr.splitlines() if str(tmp_path) in line or "circulars" in line]
    assert not complaints, verified.stderr


@pytest.mark.packages
def test_postfix_knows_the_settings_of_the_guide(tmp_path: Path) -> None:
    (settings,) = blocks("text postfix")
    (tmp_path / "main.cf").write_text(f"compatibility_level = 3.6\n{settings}")
    (tmp_path / "master.cf").write_text("smtp inet n - n - - smtpd\n")
    shown = subprocess.run(
        ["/usr/sbin/postconf", "-n", "-c", str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "unused parameter" not in shown.stderr, shown.stderr
    assert "relayhost = [smtp.example.int]:587" in shown.stdout


def test_the_postfix_of_the_guide_can_log_in() -> None:
    """Debian's Postfix has no way to do it by itself, and does not ask for the package that has."""
    (settings,) = blocks("text postfix")
    assert "smtp_sasl_auth_enable = yes" in settings
    assert "apt install postfix libsasl2-modules" in GUIDE


def test_the_settings_of_the_guide_can_be_read(tmp_path: Path) -> None:
    found = blocks("toml office")
    assert len(found) == 2
    for number, settings in enumerate(found):
        folder = tmp_path / str(number)
        folder.mkdir()
        create_key(folder / "office.key")
        mail = "" if "[mail]" in settings else '[mail]\nsender = "office@example.int"\ntransport = "relay"\n'
        (folder / "office.toml").write_text(f'name = "Office"\n{mail}{settings}', "utf-8")
        office, findings = read_office(folder)
        assert findings == ()
        assert office is not None


def test_the_umask_of_the_guide_is_for_staff_alone(tmp_path: Path) -> None:
    """What root installs under 007 nobody else could run."""
    (profile,) = re.findall(r"^echo '(.+)' > /etc/profile.d/circulars.sh", GUIDE, re.MULTILINE)
    for groups, umask in (("anna circulars", "0007"), ("root", "0022"), ("ben circulars-readers", "0022")):
        (tmp_path / "id").write_text(f"#!/bin/sh\necho {groups}\n")
        (tmp_path / "id").chmod(0o755)
        told = subprocess.run(
            ["sh", "-c", f"umask 022; {profile}; umask"],
            capture_output=True, text=True, check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        )  # fmt: skip
        assert told.stdout.strip() == umask, groups


def test_the_program_is_installed_for_everybody_to_run() -> None:
    installing = [block for block in blocks("sh") if "/bin/pip install" in block]
    assert len(installing) == 3
    for block in installing:
        assert block.index("umask 022") < block.index("/bin/pip install")


def test_whoever_stops_the_timer_stops_what_it_has_started() -> None:
    stopping = re.findall(r"^systemctl stop (.+)$", GUIDE, re.MULTILINE)
    assert len(stopping) == 3
    for units in stopping:
        assert {"circulars-tick.timer", "circulars-tick.service", "circulars-track.service"} == set(units.split())


def test_the_move_to_postgresql_can_be_typed() -> None:
    """With a password to log in with, as the office's account, and without the timer that copies SQLite."""
    (block,) = (block for block in blocks("sh") if "store move" in block)
    assert "createuser --pwprompt" in block
    assert "systemctl disable --now circulars-backup.timer" in block
    (line,) = re.findall(r"^sudo -u circulars (circulars .*store move .+)$", block, re.MULTILINE)
    words = shlex.split(line)[1:]
    assert words[:2] == ["--office", "/srv/office"]
    parse(words[2:])


# The Containerfile


def copied() -> list[tuple[list[str], str]]:
    """Return what is copied from the source folder into the first stage, and where to."""
    _, stage, _ = re.split(r"^FROM ", CONTAINERFILE, flags=re.MULTILINE)
    lines = [shlex.split(line)[1:] for line in stage.splitlines() if line.startswith("COPY ")]
    return [(line[:-1], line[-1]) for line in lines]


def test_the_containerfile_copies_what_is_there_and_builds_the_wheel(tmp_path: Path) -> None:
    """Do what its first stage does: copy these files alone, and build."""
    for sources, target in copied():
        for source in sources:
            assert (ROOT / source).exists(), source
            if (ROOT / source).is_dir():
                shutil.copytree(
                    ROOT / source, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
                )
            else:
                shutil.copy(ROOT / source, tmp_path / target)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "made")]
    subprocess.run([*command, str(tmp_path)], check=True, capture_output=True)
    assert len(list((tmp_path / "made").glob("circulars-*.whl"))) == 1


def test_the_image_has_no_root_no_data_and_the_tested_versions() -> None:
    last = CONTAINERFILE.rpartition("\nFROM ")[2]
    instructions = re.findall(r"^([A-Z]+) (.+)$", last, re.MULTILINE)
    assert ("USER", "circulars") in instructions
    assert ("VOLUME", "/office") in instructions
    assert ("ENTRYPOINT", '["circulars"]') in instructions
    assert "--constraint /tmp/constraints.txt" in last
    copies = [words for name, words in instructions if name == "COPY"]
    assert copies == ["constraints.txt /tmp/constraints.txt", "--from=wheel /wheel /tmp/wheel"]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for named in re.findall(r"whl\)\[(\w+)\]", last):
        assert named in extras


def test_the_account_of_the_image_has_the_numbers_of_the_hosts() -> None:
    (line,) = re.findall(r"^podman build .+$", GUIDE, re.MULTILINE)
    given = dict(pair.split("=", 1) for pair in re.findall(r"--build-arg (\S+=\"[^\"]+\")", line))
    assert given == {"UID": '"$(id -u circulars)"', "GID": '"$(id -g circulars)"'}
    last = CONTAINERFILE.rpartition("\nFROM ")[2]
    assert set(re.findall(r"^ARG (\w+)=\d+$", last, re.MULTILINE)) == set(given)
    assert 'groupadd --gid "$GID" circulars' in last
    assert 'useradd --uid "$UID" --gid circulars ' in last


@pytest.mark.parametrize("line", re.findall(r"^podman run .+$", GUIDE, re.MULTILINE))
def test_containers_work_at_the_office_side_by_side_with_staff(line: str) -> None:
    assert {"--umask", "0007", "/srv/office:/office:z"} <= set(shlex.split(line))
    assert "keep-id" not in line, "the account of an office has no numbers below it"


@pytest.mark.parametrize("line", re.findall(r"^podman run .+$", GUIDE, re.MULTILINE))
def test_what_runs_in_the_container_there_is(line: str) -> None:
    words = shlex.split(line)
    parse(words[words.index("circulars") + 1 :])
