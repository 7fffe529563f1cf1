"""The architecture: imports only go down, and slow modules are imported where they are used."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# The higher floor may import the lower one. Rooms on one floor do not import each other.
FLOORS = (
    ("cli",), ("pipeline",), ("delivery", "replies"), ("store",), ("templates",), ("letters", "recipients"),
    ("locales",), ("office",),
)  # fmt: skip
LEVEL = {room: level for level, floor in enumerate(FLOORS) for room in floor}
SLOW = {
    "pandas",
    "docx",
    "lxml",
    "aiosmtplib",
    "typst",
    "email_validator",
    "openpyxl",
    "odf",
    "alembic",
    "aiosmtpd",
    "imap_tools",
    "pikepdf",
    "cryptography",
    "dns",
    "keyring",
    "psycopg",
}
MODULES = sorted(
    path for room in LEVEL for path in (ROOT / room).rglob("*.py") if "migrations" not in path.relative_to(ROOT).parts
)


def imports(path: Path, *, only_top: bool) -> Iterator[tuple[str, int]]:
    """Yield the modules that a file imports, with their lines; with ``only_top``, only when it is itself imported."""
    tree = ast.parse(path.read_text("utf-8"))
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            yield node.module or "", node.lineno
        elif only_top and (_is_for_types(node) or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            continue
        else:
            pending.extend(ast.iter_child_nodes(node))


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_only_go_down(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    for module, line in imports(path, only_top=False):
        other = module.partition(".")[0]
        if other in LEVEL and other != room:
            assert LEVEL[other] > LEVEL[room], f"{path}:{line}: {room} may not import {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_slow_modules_are_imported_where_they_are_used(path: Path) -> None:
    for module, line in imports(path, only_top=True):
        assert module.partition(".")[0] not in SLOW, f"{path}:{line} imports {module} before it is needed"


def test_sql_lives_in_the_store_alone() -> None:
    for path in MODULES:
        if path.relative_to(ROOT).parts[0] == "store":
            continue
        for module, line in imports(path, only_top=False):
            assert not module.startswith("sqlalchemy") or _is_a_type(path, module), f"{path}:{line} imports {module}"


def _is_a_type(path: Path, module: str) -> bool:
    """Naming the type of a connection that is passed on is no SQL."""
    names = {
        alias.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    }
    return names <= {"Connection"}


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "--help"], ["triage", "--help"], ["translate", "--help"]])
def test_help_starts_at_once(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom cli.main import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sorted(name for name in sys.modules if '.' not in name))"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded = set(shown.rpartition("LOADED")[2].split())
    assert not loaded & {*SLOW, "sqlalchemy", "jinja2", "babel", "polib", "rapidfuzz"}
    assert loaded & LEVEL.keys() == {"cli", "office"}


def test_no_file_is_too_long_to_live_in() -> None:
    for path in MODULES:
        lines = path.read_text("utf-8").count("\n")
        assert lines <= 400, f"{path} has {lines} lines; would it be easier to live in as two rooms?"
