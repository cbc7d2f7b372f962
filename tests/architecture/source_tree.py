"""The package read with `ast`: modules, functions, imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "livedo"


@dataclass(frozen=True)
class Module:
    """One source file of the package."""

    path: Path
    tree: ast.Module
    lines: int

    @property
    def room(self) -> str:
        """The folder under `livedo/`, or the file's own name at the top."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else parts[0].removesuffix(".py")

    @property
    def name(self) -> str:
        """Path below the repository, for messages."""
        return str(self.path.relative_to(ROOT))


def modules() -> list[Module]:
    """Every module of the package, in a fixed order."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Module(path, ast.parse(text), text.count("\n")))
    return found


def functions(module: Module) -> Iterator[tuple[str, int]]:
    """Name and length in lines of each function, nested ones included."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def imports(module: Module) -> Iterator[str]:
    """Dotted names of everything of this package that a module imports, wherever it does so."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "livedo")
