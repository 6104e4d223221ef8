"""The units under `deploy/systemd`: systemd accepts them, and they start existing programs with existing settings."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.server import launcher
from data_access.base.settings import Settings
from data_access.cli import main as command_line

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
PROGRAM = "/opt/customer-desk/.venv/bin/python"
PARSERS = {"dashboard": launcher._parser, "data_access": command_line._parser}
ELSEWHERE = {"HOME", "PYTHONDONTWRITEBYTECODE"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_it(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text()
    assert PROGRAM in text
    here = tmp_path / unit.name.replace("@", "@8501")
    here.write_text(text.replace(PROGRAM, sys.executable))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", here], capture_output=True, text=True
    )
    assert (verified.returncode, unit.name.partition("@")[0] in verified.stderr) == (0, False), verified.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_starts_what_there_is(unit: Path) -> None:
    (line,) = re.findall(rf"^ExecStart={PROGRAM} -m (.+)$", unit.read_text(), re.MULTILINE)
    program, *words = shlex.split(line.replace("%i", "8501"))
    PARSERS[program]().parse_args(words)


def test_what_they_set_are_settings() -> None:
    texts = [unit.read_text() for unit in UNITS] + [(FOLDER / "desk.env").read_text()]
    names = {name for text in texts for name in re.findall(r"(?:^|\s)([A-Z_]{4,})=", text)}
    secrets = {name.upper() for text in texts for name in re.findall(r"^LoadCredential=(\w+):", text, re.MULTILINE)}
    assert secrets
    assert (names | secrets) - ELSEWHERE <= {name.upper() for name in Settings.model_fields}
