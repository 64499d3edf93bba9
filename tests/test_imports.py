"""Modules import in one direction: index ← assistant ← evals, without a cycle."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BELOW = {"index": {"index"}, "assistant": {"assistant", "index"}, "evals": {"assistant", "evals", "index"}}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in BELOW
    for path in sorted(ROOT.glob(f"{package}/**/*.py"))
}

# Where our own modules may be imported late, and only for the time that it saves at the start of a command or of
# ``import assistant``: the modules themselves lie below, and moving the import to the top would close no circle.
LATE = {
    "assistant",
    "assistant.assistant",
    "assistant.cli",
    "assistant.cli_people",
    "assistant.reader.reading",
    "evals.command",
}


@cache
def imports(module: str, *, late: bool) -> frozenset[str]:
    """Which of our modules ``module`` imports: at its top, or ``late``, inside its functions; types alone aside."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    typing = {
        node
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for node in ast.walk(branch)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if (node in inside) != late or node in typing:
            continue
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} has a relative import; write its whole name"
            children = {f"{node.module}.{name.name}" for name in node.names} & MODULES.keys()
            beside = {name.name for name in node.names} - {child.rpartition(".")[2] for child in children}
            names |= children | ({node.module or ""} if beside else set())
        elif isinstance(node, ast.Import):
            names |= {name.name for name in node.names}
    return frozenset(names & MODULES.keys())


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_its_own_package_and_those_below(module: str) -> None:
    found = imports(module, late=False) | imports(module, late=True)
    assert {name.partition(".")[0] for name in found} <= BELOW[module.partition(".")[0]]


def test_there_is_no_cycle_late_imports_included_but_for_the_lazy_door_of_the_package() -> None:
    graph = {
        module: imports(module, late=False) | (imports(module, late=True) if module != "assistant" else set())
        for module in MODULES
    }
    assert set(TopologicalSorter(graph).static_order()) >= {"index.types", "assistant.cli"}


def test_the_folders_of_a_package_import_in_one_direction_too() -> None:
    folders = {module for module in MODULES if module.count(".") == 1 and MODULES[module].name == "__init__.py"}

    def place(module: str) -> str:
        return next((folder for folder in folders if module.startswith(f"{folder}.")), module)

    graph: dict[str, set[str]] = {place(module): set() for module in MODULES if module != "assistant"}
    for module in MODULES.keys() - {"assistant"}:
        graph[place(module)] |= {place(name) for name in imports(module, late=False)} - {place(module)}
    assert {"assistant.answering", "index.load"} <= set(TopologicalSorter(graph).static_order())


def test_our_own_modules_are_imported_late_only_where_it_saves_time_at_the_start() -> None:
    assert {module for module in MODULES if imports(module, late=True)} <= LATE


@pytest.mark.parametrize(
    ("statement", "seconds"),
    [("import assistant", 5.0), ("import assistant.cli", 10.0)],
    ids=["package", "command"],
)
def test_importing_is_light(statement: str, seconds: float) -> None:
    """A tenth of these seconds on a machine that is not busy; it is what is not imported that makes it so."""
    heavy = {
        "torch",
        "gradio",
        "langchain_core",
        "transformers",
        "onnxruntime",
        "faiss",
        "numpy",
        "sentence_transformers",
    }
    script = f"""
import sys, time
start = time.process_time()
{statement}
print(time.process_time() - start, *({heavy!r} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    took, *loaded = done.stdout.split()
    assert loaded == []
    assert float(took) < seconds
