"""What a program draws is recorded as it is, within bounds."""

import numpy as np
import pytest
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.figures import (
    ALL_POINTS,
    AXES,
    FIGURES,
    NAMES,
    POINTS,
    SERIES,
    SIDE,
    TEXT,
    DrawnAxes,
    DrawnFigure,
    DrawnSeries,
)
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.protocol.trust import read_answer
from chainrule.run.execute import execute
from chainrule.worker.serve import encode

START = "import torch\nimport numpy as np\nimport matplotlib.pyplot as plt\n"


def run(source: str) -> ExecutionAnswer:
    program = Program(START + source)
    check(program, Limits())
    answer = execute(program, Limits())
    return read_answer(encode(answer, Limits()), program, Limits())


def drawn(source: str) -> list[DrawnFigure]:
    answer = run(source)
    assert [problem.message for problem in answer.problems if problem.severity == "error"] == []
    return answer.figures


def axes_of(source: str) -> DrawnAxes:
    (figure,) = drawn(source)
    (axes,) = figure.axes
    return axes


def series_of(source: str) -> list[DrawnSeries]:
    return axes_of(source).series


def was_cut(source: str) -> bool:
    return "figure-thinned" in {problem.slug for problem in run(source).problems}


def test_a_line_has_its_points_and_its_name() -> None:
    (line,) = series_of("plt.plot([1, 2, 3], torch.tensor([1., 4., 9.]), label='squares')")
    assert (line.kind, line.x, line.y, line.label) == ("line", [1, 2, 3], [1, 4, 9], "squares")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("plt.plot([5, 6])", ("line", [0, 1], [5, 6], "solid", False)),
        ("plt.plot([5, 6], 'r--')", ("line", [0, 1], [5, 6], "dashed", False)),
        ("plt.plot([0, 1], [5, 6], 'o')", ("points", [0, 1], [5, 6], "solid", False)),
        ("plt.plot([0, 1], [5, 6], ':', marker='x')", ("line", [0, 1], [5, 6], "dotted", True)),
        ("plt.plot([0, 1], [5, 6], linestyle='--')", ("line", [0, 1], [5, 6], "dashed", False)),
        ("plt.step([0, 1], [5, 6])", ("line", [0, 0, 1], [5, 6, 6], "solid", False)),
        ("plt.step([0, 1], [5, 6], where='post')", ("line", [0, 1, 1], [5, 5, 6], "solid", False)),
        ("plt.scatter([0, 1], [5, 6], s=3)", ("points", [0, 1], [5, 6], "solid", False)),
        ("plt.axhline(5, color='k', linestyle=':')", ("level", [], [5], "dotted", False)),
        ("plt.axvline(torch.tensor(2.))", ("upright", [2], [], "solid", False)),
        ("plt.plot([0, 1], [float('nan'), float('inf')])", ("line", [0, 1], [None, None], "solid", False)),
        ("plt.plot([0, 1], [None, 1e200])", ("line", [0, 1], [None, None], "solid", False)),
    ],
)
def test_lines_and_points(call: str, expected: tuple[object, ...]) -> None:
    (one,) = series_of(call)
    assert (one.kind, one.x, one.y, one.dash, one.dots) == expected


def test_each_column_is_a_line() -> None:
    lines = series_of("plt.plot(torch.tensor([[1., 2.], [3., 4.], [5., 6.]]))")
    assert [line.y for line in lines] == [[1, 3, 5], [2, 4, 6]]
    assert [line.colour for line in lines] == [0, 1]


def test_several_lines_in_one_call() -> None:
    lines = series_of("plt.plot([0, 1], [1, 2], 'r', [0, 1], [3, 4], 'b--')")
    assert [(line.y, line.dash) for line in lines] == [([1, 2], "solid"), ([3, 4], "dashed")]


def test_what_has_one_colour_in_the_program_has_one_here() -> None:
    lines = series_of("for i in range(2):\n    plt.plot([1, 2], color='red')\n    plt.plot([3, 4], color='blue')")
    assert [line.colour for line in lines] == [0, 1, 0, 1]


def test_bars_stand_on_what_they_stand_on() -> None:
    (bars,) = series_of("plt.bar([1, 2], [3, -4], width=0.5, bottom=[0, 1])")
    assert (bars.x, bars.to_x, bars.y, bars.to_y) == ([0.75, 1.75], [1.25, 2.25], [3, -3], [0, 1])


def test_bars_may_have_names() -> None:
    axes = axes_of("plt.bar(['cat', 'dog'], [1, 2])")
    assert axes.x_names == ["cat", "dog"]
    assert axes_of("plt.barh(['cat', 'dog'], [1, 2])").y_names == ["cat", "dog"]


def test_a_histogram_has_the_counts_of_numpy() -> None:
    (bars,) = series_of("plt.hist(torch.arange(10.)**2, bins=4)")
    counts, edges = np.histogram(np.arange(10.0) ** 2, 4)
    assert (bars.y, bars.x, bars.to_x) == (counts.tolist(), edges[:-1].tolist(), edges[1:].tolist())
    assert len(series_of("plt.hist([[1, 2], [3]], label=['a', 'b'])")) == 2


def test_an_image_has_its_first_row_above() -> None:
    (image,) = series_of("plt.imshow(torch.tensor([[1., 2.], [3., 4.]]))")
    assert (image.image, image.x, image.y) == ([[3, 4], [1, 2]], [-0.5, 1.5], [1.5, -0.5])
    (image,) = series_of("plt.imshow([[1, 2], [3, 4]], origin='lower', extent=[0, 1, 0, 1])")
    assert (image.image, image.x, image.y) == ([[1, 2], [3, 4]], [0, 1], [0, 1])
    (image,) = series_of("plt.imshow(np.ones((2, 2, 3)))")
    assert image.image == [[1, 1], [1, 1]]


def test_a_mesh_is_an_image_over_its_area() -> None:
    (image,) = series_of("x, y = np.meshgrid([0., 1., 2.], [5., 6.])\nplt.contourf(x, y, x*y, cmap=plt.cm.RdBu)")
    assert (image.x, image.y, image.image[1]) == ([0, 2], [5, 6], [0, 6, 12])


def test_points_of_one_class_have_one_colour() -> None:
    clouds = series_of("plt.scatter([0, 1, 2], [3, 4, 5], c=[1, 0, 1])")
    assert [(cloud.x, cloud.colour) for cloud in clouds] == [([1], 0), ([0, 2], 1)]
    assert len(series_of("plt.scatter(range(30), range(30), c=range(30))")) == 1


def test_words_scales_and_limits() -> None:
    axes = axes_of(
        "plt.semilogy([1, 10])\nplt.title('Loss')\nplt.xlabel('step')\nplt.ylabel('loss')\nplt.legend(['train'])\n"
        "plt.grid(True)\nplt.xlim(0, 5)\nplt.ylim(bottom=0.1, top=100)"
    )
    assert (axes.title, axes.x_label, axes.y_label, axes.y_log, axes.x_log) == ("Loss", "step", "loss", True, False)
    assert (axes.legend, axes.grid, axes.x_limits, axes.y_limits) == (True, True, (0, 5), (0.1, 100))
    assert axes.series[0].label == "train"


def test_axes_stand_in_rows_and_columns() -> None:
    (figure,) = drawn(
        "fig, axs = plt.subplots(2, 2, figsize=(8, 8), sharex=True)\nfor i, ax in enumerate(axs.flat):\n"
        "    ax.plot([i, i])\n    ax.set(title=f't{i}', xlim=(0, 1))\nfig.suptitle('all')\nfig.tight_layout()"
    )
    assert [(axes.row, axes.column, axes.title) for axes in figure.axes] == [
        (0, 0, "t0"),
        (0, 1, "t1"),
        (1, 0, "t2"),
        (1, 1, "t3"),
    ]
    assert figure.title == "all"
    (figure,) = drawn("for i in range(3):\n    plt.subplot(1, 3, i + 1)\n    plt.plot([i])")
    assert [axes.column for axes in figure.axes] == [0, 1, 2]


def test_each_figure_has_its_line_and_empty_ones_are_left_out() -> None:
    figures = drawn(
        "plt.figure()\nplt.plot([1])\nplt.show()\nplt.figure()\nplt.figure()\nplt.plot([2])\nplt.savefig('x')"
    )
    assert [figure.line for figure in figures] == [4, 8]


def test_figures_of_one_number_are_one() -> None:
    assert len(drawn("for i in range(5):\n    plt.figure(1)\n    plt.plot([i])")) == 1


def test_a_tensor_that_requires_a_gradient_is_refused_as_by_matplotlib() -> None:
    answer = run("x = torch.ones(2, requires_grad=True)\nplt.plot(x)")
    assert answer.problems[0].slug == "graph-cut"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("plt.plot([1, 2], [1, 2, 3])", "must have same first dimension"),
        ("plt.imshow([1, 2])", "Invalid shape"),
        ("plt.subplot(2, 2, 5)", "num must be an integer"),
        ("plt.subplot(projection='3d')", "axes are flat here"),
        ("plt.plot([1], [object])", "must be a string or a real number"),
    ],
)
def test_what_cannot_be_drawn_raises(call: str, words: str) -> None:
    assert words in (run(call).problems[0].message or "")


HOSTILE = [
    "plt.plot(np.arange(10**6))",
    "plt.scatter(np.arange(10**6), np.arange(10**6))",
    "plt.bar(np.arange(10**5), np.arange(10**5))",
    "plt.fill_between(np.arange(10**5), np.arange(10**5))",
    "for i in range(300):\n    plt.plot([i])",
    "for i in range(300):\n    plt.figure()\n    plt.plot([i])",
    "for i in range(100):\n    plt.subplot(10, 10, i + 1)\n    plt.plot([i])",
    "for i in range(50):\n    plt.plot(np.random.rand(1000))",
    "for i in range(20):\n    plt.figure()\n    plt.imshow(np.random.rand(64, 64))",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_what_is_too_much_is_cut_and_told(source: str) -> None:
    answer = run(source)
    assert "figure-thinned" in {problem.slug for problem in answer.problems}
    assert 0 < len(answer.figures) <= FIGURES
    every = [series for figure in answer.figures for axes in figure.axes for series in axes.series]
    assert all(len(figure.axes) <= AXES for figure in answer.figures)
    assert all(len(axes.series) <= SERIES for figure in answer.figures for axes in figure.axes)
    assert all(len(series.x) <= POINTS for series in every)
    assert sum(max(len(one.x), len(one.y)) + sum(map(len, one.image)) for one in every) <= ALL_POINTS


def test_a_long_line_keeps_its_extremes() -> None:
    (line,) = series_of("y = np.zeros(10**5)\ny[77_777] = 9\ny[5] = -9\nplt.plot(y)")
    assert max(line.y) == 9  # type: ignore[type-var]
    assert min(line.y) == -9  # type: ignore[type-var]


def test_large_images_and_long_texts_are_cut() -> None:
    (image,) = series_of("plt.imshow(np.random.rand(1000, 30))")
    assert len(image.image) <= SIDE
    axes = axes_of("plt.plot([1], label='x'*9999)\nplt.title('a\\n' + 'b'*9999)\nplt.bar(['n']*99, [1]*99)")
    assert len(axes.title) <= TEXT
    assert "\n" not in axes.title
    assert len(axes.series[0].label) == TEXT
    assert len(axes.x_names) == NAMES


def test_a_run_finds_nothing_of_the_one_before() -> None:
    drawn("plt.plot([1])\nplt.rcParams['a'] = 1")
    assert drawn("x = 1") == []
    assert [line.text for line in run("print(plt.rcParams)").console] == ["{}\n"]
