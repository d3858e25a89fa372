"""How a benchmark shows what it found."""

from __future__ import annotations

import json
import platform
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).parents[1] / "output" / "benchmarks"


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """Count, p50, p99 and maximum of the values, in their unit."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"count": len(values), "p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "max": round(max(values), 1)}


def show(name: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the rows (label → column → value) as a table, and write them to `<name>.json`."""
    sys.stdout.writelines(f"{line}\n" for line in lines_of(rows))
    save(name, rows)


def lines_of(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The rows as lines of a table."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = [["", *columns], *([label, *(str(row.get(column, "")) for column in columns)] for label, row in rows.items())]
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns) + 1)]
    return [
        "  ".join([label.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))])
        for label, *cells in lines
    ]


def save(name: str, rows: Mapping[str, Mapping[str, Any]], *, directory: Path = OUTPUT) -> None:
    """Write the rows to `<name>.json`."""
    directory.mkdir(parents=True, exist_ok=True)
    document = {"python": platform.python_version(), "machine": platform.machine(), "rows": rows}
    (directory / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n")
