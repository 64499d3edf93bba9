"""Plots as inline SVG: a page with them needs nothing from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from evals.statistics import Estimate

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7f7f7f")
"""Okabe and Ito's, which the colour-blind tell apart; the systems follow in the order of the run."""

_DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2")

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 480, 300, 48, 40, 12, 12


def lines(
    series: Mapping[str, Sequence[tuple[float, float]]],
    across: str,
    up: str,
    *,
    furthest: float = 1.0,
    diagonal: bool = False,
) -> Markup:
    """One line a system through its (x, y) points, x from 0 to ``furthest``, y from 0 to 1."""
    furthest = furthest or 1.0
    body = [_axes(across, up, furthest)]
    if diagonal:
        body.append(_line(((0, 0), (furthest, 1)), furthest, Markup('stroke="#bbb" stroke-dasharray="3 3"')))
    for place, points in enumerate(series.values()):
        body.append(_line(points, furthest, _stroke(place)))
        if len(points) < 20:
            body += [_dot(x, y, furthest, place) for x, y in points]
    return _svg(_HEIGHT, f"{up} / {across}", body) + _legend(list(series))


def bars(groups: Mapping[str, Mapping[str, Estimate]], systems: Sequence[str]) -> Markup:
    """A group of bars a row, a bar a system, from 0 to 1, each with its interval as a whisker."""
    bar, gap, left = 10, 8, 130
    height = sum(len(values) * bar + gap for values in groups.values()) + 24
    body: list[Markup] = []
    top = 4.0
    scale = _WIDTH - left - 72
    for label, values in groups.items():
        middle = top + len(values) * bar / 2 + 4
        body.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(left - 6, middle, label))
        for place, system in enumerate(systems):
            if system not in values:
                continue
            body.append(_bar(left, top, bar - 1, values[system], scale, place, system))
            if place == 0:
                end = left + scale + 6
                found = values[system]
                text = Markup('<text x="{}" y="{}">{:.2f} n={}</text>')
                body.append(text.format(end, top + bar - 1, found.mean, found.n))
            top += bar
        top += gap
    return _svg(height, "各类问题得分", body) + _legend(systems)


def _bar(left: float, top: float, high: float, found: Estimate, scale: float, place: int, system: str) -> Markup:
    bar = Markup('<rect x="{}" y="{}" width="{:.1f}" height="{}" fill="{}"><title>{} {:.3f} n={}</title></rect>')
    colour = _COLOURS[place % len(_COLOURS)]
    drawn = bar.format(left, top, found.mean * scale, high, colour, system, found.mean, found.n)
    whisker = Markup('<path d="M{:.1f} {}H{:.1f}" stroke="#222"/>')
    return drawn + whisker.format(left + found.low * scale, top + high / 2, left + found.high * scale)


def _svg(height: float, label: str, body: Sequence[Markup]) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, height, label, Markup("").join(body)
    )


def _axes(across: str, up: str, furthest: float) -> Markup:
    row = Markup(
        '<path d="M{} {:.1f}H{}" stroke="#eee"/><text x="{}" y="{:.1f}" text-anchor="end">{:.1f}</text>'
        '<text x="{:.1f}" y="{}" text-anchor="middle">{:.3g}</text>'
    )
    ticks = []
    for step in range(6):
        share = step / 5
        x, y = _at(share * furthest, share, furthest)
        below = _HEIGHT - _BOTTOM + 15
        ticks.append(row.format(_LEFT, y, _WIDTH - _RIGHT, _LEFT - 5, y + 4, share, x, below, share * furthest))
    names = Markup(
        '<text x="{}" y="{}" text-anchor="middle">{}</text><text x="12" y="{}" text-anchor="middle" '
        'transform="rotate(-90 12 {})">{}</text>'
    ).format((_LEFT + _WIDTH) / 2, _HEIGHT - 6, across, _HEIGHT / 2, _HEIGHT / 2, up)
    return Markup("").join(ticks) + names


def _at(x: float, y: float, furthest: float) -> tuple[float, float]:
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    return _LEFT + min(1.0, x / furthest) * wide, _TOP + (1 - min(1.0, max(0.0, y))) * high


def _line(points: Sequence[tuple[float, float]], furthest: float, stroke: Markup) -> Markup:
    places = " ".join("{:.1f},{:.1f}".format(*_at(x, y, furthest)) for x, y in points)
    return Markup('<polyline points="{}" fill="none" {}/>').format(places, stroke)


def _dot(x: float, y: float, furthest: float, place: int) -> Markup:
    across, up = _at(x, y, furthest)
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="{}"/>').format(
        across, up, _COLOURS[place % len(_COLOURS)]
    )


def _stroke(place: int) -> Markup:
    return Markup('stroke="{}" stroke-width="1.6" stroke-dasharray="{}"').format(
        _COLOURS[place % len(_COLOURS)], _DASHES[place % len(_DASHES)]
    )


def _legend(systems: Sequence[str]) -> Markup:
    marks = (
        Markup('<span><i style="background:{}"></i>{}</span>').format(
            _COLOURS[place % len(_COLOURS)], escape(name)
        )
        for place, name in enumerate(systems)
    )
    return Markup('<p class="legend">{}</p>').format(Markup("").join(marks))
