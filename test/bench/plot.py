"""A plain plot as SVG: curves over a logarithmic x, from y = 0. It has a background of its own, so it can be read on any page."""
import html
import math

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 24, 64, 56
COLOURS = ("#2f81c7", "#cf6a27", "#4c9a4c")  # on white and on black
STYLE = """
  .page { fill: #ffffff } text { fill: #24292f; font: 14px sans-serif } .title { font-weight: bold; font-size: 16px }
  .grid { stroke: #d0d7de } .axis { stroke: #57606a }
  @media (prefers-color-scheme: dark) {
    .page { fill: #161b22 } text { fill: #e6edf3 } .grid { stroke: #30363d } .axis { stroke: #8b949e }
  }"""


class Curve:
    def __init__(self, name, points):
        self.name, self.points = name, points


def step_of(highest):
    """The distance of the horizontal lines: 1, 2 or 5 times a power of ten, for four to ten of them."""
    power = 10 ** math.floor(math.log10(highest / 4))
    return next(factor * power for factor in (1, 2, 5, 10) if highest / (factor * power) <= 10)


def short(number):
    for size, letter in ((1_000_000, " M"), (1_000, " k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return f"{number:g}"


class Plot:
    def __init__(self, title, x_name, y_name, curves):
        self.title, self.x_name, self.y_name = title, x_name, y_name
        self.curves = [curve for curve in curves if curve.points]
        every = [point for curve in self.curves for point in curve.points]
        if not every:
            raise ValueError(f"nothing to draw: {title}")
        self.x_values = sorted({x for x, _ in every})
        self.step = step_of(max(y for _, y in every))
        self.top = math.ceil(max(y for _, y in every) / self.step) * self.step

    def place(self, x, y):
        low, high = math.log10(self.x_values[0]), math.log10(self.x_values[-1])
        share = (math.log10(x) - low) / (high - low) if high > low else 0.5
        return (LEFT + share * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / self.top * (HEIGHT - TOP - BOTTOM))

    def grid(self):
        for i in range(round(self.top / self.step) + 1):
            _, y = self.place(self.x_values[0], i * self.step)
            yield f'<line class="{"grid" if i else "axis"}" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 5:.1f}" text-anchor="end">{i * self.step:g}</text>'
        last = -math.inf
        for value in self.x_values:
            x, y = self.place(value, 0)
            yield f'<line class="axis" x1="{x:.1f}" y1="{y:.1f}" x2="{x:.1f}" y2="{y + 5:.1f}"/>'
            if x - last >= 36:  # else the numbers overlap
                yield f'<text x="{x:.1f}" y="{y + 20:.1f}" text-anchor="middle">{short(value)}</text>'
                last = x

    def drawn(self):
        for i, curve in enumerate(self.curves):
            colour = COLOURS[i % len(COLOURS)]
            places = [self.place(x, y) for x, y in curve.points]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places)
            if len(self.curves) > 1:
                x, y = LEFT + 260 * i, 48
                yield f'<line x1="{x}" y1="{y - 5}" x2="{x + 24}" y2="{y - 5}" stroke="{colour}" stroke-width="3"/>'
                yield f'<text x="{x + 30}" y="{y}">{html.escape(curve.name)}</text>'

    def svg(self):
        middle = (LEFT + WIDTH - RIGHT) / 2
        height = (TOP + HEIGHT - BOTTOM) / 2
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{html.escape(self.title)}</title>", f"<style>{STYLE}\n</style>",
            f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
            f'<text class="title" x="{LEFT}" y="26">{html.escape(self.title)}</text>',
            f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">{html.escape(self.x_name)}</text>',
            f'<text transform="translate(20 {height}) rotate(-90)" text-anchor="middle">{html.escape(self.y_name)}</text>',
            *self.grid(), *self.drawn(), "</svg>"]
        return "\n".join(parts) + "\n"
