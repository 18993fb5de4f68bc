"""Pictures of programs, functions, tensors and graphs."""

import webbrowser
import xml.etree.ElementTree as ET
from pathlib import Path

import chainrule
import pytest
import torch
from chainrule.errors import ViewInvalidError
from chainrule.library.pictures import read_view
from chainrule.render import ViewOptions
from safetensors.torch import load

PROGRAM = "y = x * 2\nz = (y ** 2).sum()"


def test_all_that_has_a_graph_is_drawn() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = (x**2).sum()
    graph = chainrule.trace(loss)
    for subject in (loss, graph):
        ET.fromstring(chainrule.draw(subject))
    assert chainrule.draw(graph, "text") == chainrule.draw(loss, "text")
    assert "SinBackward0" in chainrule.draw(lambda x: x.sin(), "text", inputs={"x": 1.0})
    assert "PowBackward0" in chainrule.draw(PROGRAM, "text", inputs={"x": [1.0, 2.0]})


def test_a_graph_with_its_program_is_drawn_as_the_program_is() -> None:
    inputs = {"x": [1.0, 2.0]}
    graph = chainrule.trace(PROGRAM, inputs=inputs)
    assert chainrule.draw(graph, source=PROGRAM) == chainrule.draw(PROGRAM, inputs=inputs)


def test_pictures_of_points_are_bytes() -> None:
    graph = chainrule.trace(lambda x: x * x, inputs={"x": 2.0})
    assert chainrule.draw(graph, "png").startswith(b"\x89PNG")
    assert chainrule.draw(graph, "pdf").startswith(b"%PDF")


def test_the_options_of_a_picture_are_python_values() -> None:
    given = {"pass_": 2, "widths": True, "saved": False, "highlight": ["x", "n1"], "path": ("x", "z"), "theme": "dark"}
    assert read_view(given) == ViewOptions(
        pass_index=2, widths=True, highlight=("x", "n1"), path=("x", "z"), theme="dark"
    )
    assert read_view({"step": None}) == ViewOptions()
    for wrong, words in (({"colour": "red"}, "no such option"), ({"theme": {}}, "is no option")):
        with pytest.raises(ViewInvalidError, match=words):
            read_view(wrong)


def test_a_wrong_option_is_told_before_anything_runs() -> None:
    ran = []
    with pytest.raises(ViewInvalidError, match="pink"):
        chainrule.draw(lambda: ran.append(1), theme="pink")
    assert ran == []


def test_what_is_shown_shows_itself_in_a_notebook_and_as_words() -> None:
    picture = chainrule.show(PROGRAM, inputs={"x": [1.0, 2.0]}, view="gradients")
    bundle = picture._repr_mimebundle_()
    assert bundle["text/html"] == picture._repr_html_()
    assert bundle["text/html"].startswith('<img src="data:image/svg+xml;base64,')
    assert bundle["image/svg+xml"] == picture.svg == chainrule.draw(PROGRAM, inputs={"x": [1.0, 2.0]}, view="gradients")
    assert bundle["text/plain"] == str(picture)
    assert "PowBackward0" in str(picture)
    assert repr(picture).startswith("<GraphPicture of ")


def test_what_is_shown_is_saved_by_suffix_and_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    picture = chainrule.show(chainrule.trace(lambda x: x * x, inputs={"x": 2.0}))
    assert picture.save(tmp_path / "graph.png").read_bytes().startswith(b"\x89PNG")
    assert picture.save(str(tmp_path / "graph.txt")).read_text() == str(picture)
    with pytest.raises(ValueError, match=r"no format has the suffix '\.gif'; there are"):
        picture.save(tmp_path / "graph.gif")
    page = picture.open()
    assert opened == [page.as_uri()]
    assert "<html" in page.read_text()


@pytest.mark.parametrize("subject", ["program", "function", "tensor"])
def test_tensors_have_all_their_elements(subject: str) -> None:
    x = torch.arange(2000.0, requires_grad=True)
    subjects = {
        "program": "x = torch.arange(2000.0, requires_grad=True)\n(x * x).sum()",
        "function": lambda: (x * x).sum(),
        "tensor": (x * x).sum(),
    }
    content = chainrule.draw(subjects[subject], "safetensors")
    assert torch.equal(load(content)["gradient/1/x"], 2 * torch.arange(2000.0))


def test_jacobians_are_there_where_they_are_asked_for() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    for subject in ("x = torch.tensor([1.0, 2.0], requires_grad=True)\nx.sin()", lambda: x.sin(), x.sin()):
        (plain,) = (edge.jacobian for edge in chainrule.trace(subject).edges)
        (told,) = (edge.jacobian for edge in chainrule.trace(subject, jacobians=True).edges)
        assert plain is None
        torch.testing.assert_close(torch.tensor(told), torch.diag(torch.tensor([1.0, 2.0]).cos()))
