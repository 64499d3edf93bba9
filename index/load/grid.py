"""Tables out of the rules drawn on a page: where the cells are, merged ones included."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

NEAR = 3.0  # points: rules closer than this are one, or meet
MOST = (
    20_000  # strokes: a page with more is a drawing, and so is one with CROSSING when those in line are made one
)
CROSSING = 1500
CELLS = 10_000  # places: a grid with more is squared paper


class Rule(NamedTuple):
    """A straight horizontal or vertical stroke, in points, y upwards."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def level(self) -> bool:
        """Whether it is horizontal."""
        return self.right - self.left >= self.top - self.bottom


class Table(NamedTuple):
    """The grid of a table: ``across`` are the edges of its columns, ``down`` those of its rows, from the top.

    ``places[row][column]`` is the number of the cell that covers the place.
    """

    across: tuple[float, ...]
    down: tuple[float, ...]
    places: tuple[tuple[int, ...], ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Its left, bottom, right and top edge."""
        return self.across[0], self.down[-1], self.across[-1], self.down[0]

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies within the table."""
        return self.across[0] <= x <= self.across[-1] and self.down[-1] <= y <= self.down[0]

    def cell(self, x: float, y: float) -> int:
        """The number of the cell at a point within the table."""
        column = min(max(bisect_right(self.across, x) - 1, 0), len(self.across) - 2)
        row = min(max(bisect_right(self.down, -y, key=lambda edge: -edge) - 1, 0), len(self.down) - 2)
        return self.places[row][column]

    def widths(self) -> dict[int, float]:
        """How wide each cell is at its widest."""
        widest: dict[int, float] = {}
        for row in self.places:
            wide: dict[int, float] = {}
            for at, cell in enumerate(row):
                wide[cell] = wide.get(cell, 0.0) + self.across[at + 1] - self.across[at]
            for cell, width in wide.items():
                widest[cell] = max(width, widest.get(cell, 0.0))
        return widest


def grids(rules: Sequence[Rule]) -> list[Table]:
    """The tables that the rules draw; sides left open are closed, frames of one cell are no tables."""
    if len(rules) > MOST:
        return []
    level = _merged([rule for rule in rules if rule.level])
    upright = [_turned(rule) for rule in _merged([_turned(rule) for rule in rules if not rule.level])]
    if len(level) + len(upright) > CROSSING:
        return []
    tables = [_table(*group) for group in _groups(level, upright)]
    return [table for table in tables if table and len({cell for row in table.places for cell in row}) > 1]


def _turned(rule: Rule) -> Rule:
    return Rule(rule.bottom, rule.left, rule.top, rule.right)


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Horizontal rules with those that continue or repeat each other made one."""
    rows: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.bottom + rule.top):
        if rows and (rule.bottom + rule.top - rows[-1][0].bottom - rows[-1][0].top) / 2 < NEAR:
            rows[-1].append(rule)
        else:
            rows.append([rule])
    merged: list[Rule] = []
    for row in rows:
        y = sum(rule.bottom + rule.top for rule in row) / (2 * len(row))
        start, end = float("inf"), float("-inf")
        for rule in sorted(row):
            if start <= end and rule.left > end + NEAR:
                merged.append(Rule(start, y, end, y))
                start, end = rule.left, rule.right
            start, end = min(start, rule.left), max(end, rule.right)
        merged.append(Rule(start, y, end, y))
    return [rule for rule in merged if rule.right - rule.left > NEAR]


def _groups(level: Sequence[Rule], upright: Sequence[Rule]) -> Iterable[tuple[list[Rule], list[Rule]]]:
    """Rules that meet, directly or through others: two horizontal and a vertical one at least."""
    left = set(range(len(upright)))
    meets: list[list[int]] = [[at for at in left if _meet(rule, upright[at])] for rule in level]
    crossed: dict[int, list[int]] = {}
    for at, met in enumerate(meets):
        for other in met:
            crossed.setdefault(other, []).append(at)
    seen: set[int] = set()
    for first in range(len(level)):
        if first in seen or not meets[first]:
            continue
        waiting, rows, columns = [first], {first}, set[int]()
        while waiting:
            for other in meets[waiting.pop()]:
                columns.add(other)
                fresh = set(crossed[other]) - rows
                rows |= fresh
                waiting += fresh
        seen |= rows
        if len(rows) > 1:
            yield [level[at] for at in sorted(rows)], [upright[at] for at in sorted(columns)]


def _meet(level: Rule, upright: Rule) -> bool:
    return (
        level.left - NEAR <= upright.left <= level.right + NEAR
        and upright.bottom - NEAR <= level.bottom <= upright.top + NEAR
    )


def _table(level: Sequence[Rule], upright: Sequence[Rule]) -> Table | None:
    """The grid of rules that meet, unless it has too many places."""
    across = _edges(
        [rule.left for rule in upright] + [min(rule.left for rule in level), max(rule.right for rule in level)]
    )
    down = _edges(
        [rule.bottom for rule in level] + [min(rule.bottom for rule in upright), max(rule.top for rule in upright)]
    )[::-1]
    width, height = len(across) - 1, len(down) - 1
    if width * height > CELLS:
        return None
    columns = [[rule for rule in upright if abs(rule.left - edge) < NEAR] for edge in across]
    rows = [[rule for rule in level if abs(rule.bottom - edge) < NEAR] for edge in down]
    cells = list(range(width * height))

    def root(cell: int) -> int:
        while cells[cell] != cell:
            cells[cell] = cells[cells[cell]]
            cell = cells[cell]
        return cell

    for row in range(height):
        y = (down[row] + down[row + 1]) / 2
        for column in range(width):
            x = (across[column] + across[column + 1]) / 2
            here = root(row * width + column)
            if column + 1 < width and not any(rule.bottom <= y <= rule.top for rule in columns[column + 1]):
                cells[root(row * width + column + 1)] = here
            if row + 1 < height and not any(rule.left <= x <= rule.right for rule in rows[row + 1]):
                cells[root((row + 1) * width + column)] = root(here)
    return Table(
        tuple(across),
        tuple(down),
        tuple(tuple(root(row * width + column) for column in range(width)) for row in range(height)),
    )


def _edges(positions: Iterable[float]) -> list[float]:
    """Positions in order, those nearer than NEAR made one."""
    edges: list[list[float]] = []
    for position in sorted(positions):
        if edges and position - edges[-1][-1] < NEAR:
            edges[-1].append(position)
        else:
            edges.append([position])
    return [sum(edge) / len(edge) for edge in edges]
