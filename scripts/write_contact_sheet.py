"""Write ``docs/contact-light.png`` and ``docs/contact-dark.png``: every example and kind of card, to look at.

Run it as ``python -m scripts.write_contact_sheet`` after a change of the picture, and look.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from chainrule import assets
from chainrule.graph.model import Graph
from chainrule.layout import Engine, make_engine
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.program import Program
from chainrule.render import ViewOptions, draw
from chainrule.render.formats.png import to_png
from chainrule.render.palette import PALETTE
from chainrule.run.execute import execute
from chainrule.worker.warmup import warm_up

COLUMNS = 6
WIDTH = 400.0
GAP = 24.0
TITLE = 26.0
SCALE = 0.75
"""Pixels of the sheet for each unit of a picture that is not wider than its column."""
DOCS = Path(__file__).resolve().parent.parent / "docs"
LIMITS = Limits(wall_seconds=60, cpu_seconds=60)
SAMPLES = {
    "scalars": ("x = tensor(2., requires_grad=True)\ny = torch.sin(x)*x\nz = y**2", {}),
    "a step forward": ("x = tensor(2., requires_grad=True)\ny = torch.sin(x)*x\nz = y**2", {"step": "3"}),
    "a step backward": ("x = tensor(2., requires_grad=True)\ny = torch.sin(x)*x\nz = y**2", {"step": "6"}),
    "a path": ("x = tensor(2., requires_grad=True)\ny = torch.sin(x)*x\nz = y**2", {"path": "x..y"}),
    "an 8x8 matrix": ("x = torch.randn(8, 8, requires_grad=True)\nloss = (x@x).mean()", {}),
    "three dimensions": ("x = torch.randn(2, 2, 3, requires_grad=True)\nz = x.exp().sum()", {}),
    "histograms": (
        "x = torch.randn(64, 32, requires_grad=True)\nW = torch.randn(32, 100, requires_grad=True)\n"
        "loss = (x@W).relu().mean()",
        {"saved": "on"},
    ),
    "complex numbers": ("x = tensor([1+2j, -.5+.25j], requires_grad=True)\nz = (x*x.conj()).abs().sum()", {}),
    "NaN and Inf": ("x = tensor([1., 0., -1.], requires_grad=True)\ny = x.sqrt()/x\nz = y.sum()", {}),
    "several outputs": (
        "x = torch.arange(6., requires_grad=True)\na, b, c = x.split(2)\nz = (a*b).sum() + c.sum()",
        {"labels": "norms", "widths": "on"},
    ),
    "in place, view": (
        "x = torch.ones(3, requires_grad=True)\ny = x*2\ny[0] = 5.\ny.mul_(3)\nz = y.view(3, 1).sum()",
        {},
    ),
    "detached": ("x = torch.ones(2, requires_grad=True)\nm = (x*2).detach()*3\nz = (x*m).sum()", {}),
    "many names": (
        "α = tensor([1., 2.], requires_grad=True)\n变量 = α*3\na_very_long_name_that_goes_on_and_on = 变量.sum()",
        {},
    ),
    "a loop of 30 steps": (
        "W = (torch.eye(4)*.9).requires_grad_()\nh = torch.ones(1, 4)\nfor t in range(30):\n    h = torch.tanh(h@W)\n"
        "loss = h.sum()",
        {"boxes": "12"},
    ),
    "left to right": ("(2*x**3).sum()/12", {"direction": "LR", "labels": "slots"}),
}
_SIZE = re.compile(r'width="([0-9.]+)" height="([0-9.]+)"')


@dataclass(frozen=True)
class Sheet:
    """One picture of the sheet before it has its place."""

    title: str
    source: str
    graph: Graph
    query: dict[str, str]


def trace(title: str, source: str, query: dict[str, str]) -> Sheet:
    """Execute a program of ours in this process."""
    program = check(Program(source), LIMITS).program
    answer = execute(program, LIMITS)
    return Sheet(title, source, answer.graph, query)


def arrange(sheets: list[Sheet], theme: str, engine: Engine) -> bytes:
    """One SVG with all pictures in columns, each as wide as its column at most."""
    feet = [GAP] * COLUMNS
    parts, style = [], ""
    for sheet in sheets:
        options = ViewOptions.from_query({**sheet.query, "theme": theme})
        svg = draw(sheet.graph, "svg", options, engine, sheet.source).content.decode()
        width, height = (float(number) for number in _SIZE.search(svg).groups())  # type: ignore[union-attr]
        scale = min(1.0, WIDTH / width)
        column = feet.index(min(feet))
        x, y = GAP + column * (WIDTH + GAP), feet[column]
        style, body = (
            re.findall(r"<style>.*?</style>", svg, re.S)[0],
            re.sub(r"<style>.*?</style>", "", svg, flags=re.S),
        )
        placed = f'x="{x}" y="{y + TITLE}" width="{width * scale}" height="{height * scale}"'
        title = f'<text class="bold" x="{x}" y="{y + 16}" font-size="13">{escape(sheet.title)}</text>'
        parts.append(title + _SIZE.sub(placed, body, count=1))
        feet[column] = y + TITLE + height * scale + GAP
    width, height = GAP + COLUMNS * (WIDTH + GAP), max(feet)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="chainrule" width="{width}" height="{height}">'
    ground = f'<rect width="{width}" height="{height}" fill="{PALETTE["line"].on(theme)}"/>'
    return f"{head}{style}{ground}{''.join(parts)}</svg>".encode()


def main() -> None:
    """Write both sheets."""
    warm_up(LIMITS)
    sheets = [trace(path.stem, path.read_text(encoding="utf-8"), {}) for path in sorted(assets.EXAMPLES.glob("*.py"))]
    sheets += [trace(title, source, query) for title, (source, query) in SAMPLES.items()]
    engine = make_engine()
    for theme in ("light", "dark"):
        target = DOCS / f"contact-{theme}.png"
        target.write_bytes(to_png(arrange(sheets, theme, engine), "Every example", SCALE))
        print(target.name, target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
