"""The README's commands and programs do what it says: each is run, over the documents that ship with us."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from functools import cache as kept
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent

# Run for hours, or until they are interrupted, or need what is not in the repository: only looked up.
LOOKED_UP = (
    "make serve",
    "make test",
    "make lint",
    "make eval",
    "make bench",
    "policyqa serve",
    "policyqa chat",
    "policyqa eval",
    "source .venv/bin/activate",
)


def blocks(language: str) -> list[str]:
    """The code blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


COMMANDS = [
    line
    for block in blocks("bash")
    for line in block.replace("\\\n", " ").splitlines()
    if line.strip() and not line.startswith("#")
]


@kept
def targets() -> frozenset[str]:
    """The targets of the Makefile."""
    return frozenset(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def installed(command: str) -> str:
    """What a make target runs once everything is set up: make ask Q=… is policyqa ask …"""
    match = re.fullmatch(r"make ask Q=(.+)", command)
    return f"policyqa ask {match[1]}" if match else command


@pytest.fixture(scope="module")
def variables(home: Path, cache: Path) -> dict[str, str]:
    """A library of our own documents, and the commands of this installation."""
    found = {"POLICYQA_HOME": str(home), "POLICYQA_CACHE": str(cache), "PYTHONUTF8": "1"}
    return {**os.environ, **found, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def test_there_is_something_to_run() -> None:
    assert any(command.startswith("make ask") for command in COMMANDS)
    assert any(command.startswith("policyqa") for command in COMMANDS)
    assert blocks("python")


@pytest.mark.parametrize("command", [command for command in COMMANDS if not command.startswith(LOOKED_UP)])
def test_a_command_runs(command: str, variables: dict[str, str]) -> None:
    words = shlex.split(installed(command), comments=True)
    assert words[0] == "policyqa", f"how is this to be run? {command}"
    done = subprocess.run(words, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith(LOOKED_UP)])
def test_a_command_that_is_not_run_is_there(command: str, variables: dict[str, str]) -> None:
    program, *arguments = shlex.split(command, comments=True)
    if program == "make":
        assert arguments[0] in targets()
    elif program == "policyqa":
        names = [argument for argument in arguments[:2] if argument.isalpha()]
        done = subprocess.run(
            ["policyqa", *names, "--help"], env=variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0
        for option in re.findall(r"(?<=\s)--[a-z-]+", command):
            assert option in done.stdout


@pytest.mark.parametrize("program", blocks("python"), ids=range(1, len(blocks("python")) + 1))
def test_a_program_runs(program: str, variables: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program], env=variables, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


def test_the_example_answer_is_the_answer(assistant) -> None:
    """The README's first block: the question after 问：, the answer after 答：, its lines indented."""
    example = re.search(r"^问：(.+)\n答：((?:.+\n)+?)```$", README, re.MULTILINE)
    assert example is not None
    lines = [line.strip() for line in example[2].splitlines()]
    assert assistant.ask(example[1]).text.splitlines() == lines


def test_every_command_that_the_readme_names_exists(variables: dict[str, str]) -> None:
    for name in sorted(set(re.findall(r"`policyqa ([a-z]+)", README))):
        done = subprocess.run(
            ["policyqa", name, "--help"], env=variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, name
    assert set(re.findall(r"`make ([a-z]+)`", README)) <= targets()
    for linked in re.findall(r"\]\((?!http|#)([^)]+)\)", README):
        assert (ROOT / linked).exists(), linked


def test_it_names_no_path_of_a_machine_and_no_registry() -> None:
    assert not re.search(r"/(?:home|root|work|Users)/", README)
    assert "index-url" not in README
