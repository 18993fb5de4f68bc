"""A training loop on the page: the loss over time, a row for each parameter, the step in the inspector."""

from typing import Any

import pytest
from chainrule.web.page.training import spark
from fastapi.testclient import TestClient

LOOP = """import torch
from torch import nn
model = nn.Linear(2, 1)
opt = torch.optim.Adam(model.parameters(), lr=0.1)
for epoch in range(2):
    for step in range(4):
        opt.zero_grad()
        loss = model(torch.ones(3, 2)).pow(2).mean()
        loss.backward()
        opt.step()
"""
GAN = """import torch
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
for i in range(3):
    first = a * b
    first.backward()
    second = (b - 1) ** 2
    second.backward()
"""


def run(client: TestClient, source: str = LOOP, **more: Any) -> Any:
    pass_index = more.pop("pass_index", None)
    options = {} if pass_index is None else {"pass": str(pass_index)}
    body = {"source": source, "options": options, **more}
    if pass_index is not None:
        body["pass_index"] = pass_index
    answer = client.post("/run", json=body)
    assert answer.status_code == 200
    return answer.json()


def test_the_page_gets_the_loop_with_its_loss(client: TestClient) -> None:
    series = run(client)["series"]
    assert series["list"] == [{"number": 1, "name": "loss", "line": 9, "count": 8, "last": 8}]
    assert series["shown"] == 1
    assert series["passes"] == list(range(1, 9))
    assert series["axes"] == ["epoch", "step"]
    assert series["places"][5] == [2, 2]
    assert [place for place, _ in series["curve"]] == list(range(8))


def test_each_pass_tells_its_place_and_its_loss_in_words(client: TestClient) -> None:
    series = run(client)["series"]
    now = run(client, pass_index=3)["now"]
    assert (now["place"], now["pass"]) == (2, 3)
    assert float(now["loss"]) == pytest.approx(series["curve"][2][1], rel=1e-3)


def test_what_the_page_has_of_a_loop_is_not_sent_again(client: TestClient) -> None:
    first = run(client)
    again = run(client, pass_index=2, curve=first["curve"])
    assert again["curve"] == first["curve"]
    assert "series" not in again
    assert again["now"]["place"] == 1


def test_the_index_of_every_pass_has_the_same_nodes(client: TestClient) -> None:
    indices = [run(client, pass_index=number)["index"] for number in (1, 5, 8)]
    assert len({tuple(node["id"] for node in index["nodes"]) for index in indices}) == 1
    assert len({str(node["value"]) for index in indices for node in index["nodes"] if "root" in node["flags"]}) == 3
    assert [index["shown_pass"] for index in indices] == [1, 5, 8]


def test_pictures_of_all_passes_have_their_cards_at_the_same_places(client: TestClient) -> None:
    pictures = [run(client, pass_index=number)["svg"] for number in (1, 5, 8)]
    assert len({picture.split('width="', 1)[1].split(">")[0].split("aria-label")[0] for picture in pictures}) == 1
    assert len(set(pictures)) == 3


def test_a_program_without_a_loop_has_none(client: TestClient) -> None:
    answer = run(client, "x = torch.tensor(2., requires_grad=True)\n(x * x).backward()")
    assert "series" not in answer
    assert "now" not in answer


def test_two_losses_are_two_loops_to_choose_from(client: TestClient) -> None:
    series = run(client, GAN)["series"]
    assert [one["name"] for one in series["list"]] == ["first", "second"]
    assert series["shown"] == 2
    assert run(client, GAN, pass_index=1)["series"]["shown"] == 1


def test_the_table_has_a_row_for_each_parameter_with_three_charts(client: TestClient) -> None:
    table = run(client, parts=["training"])["html"]["training"]
    assert table.count("<tr data-node=") == 2
    assert table.count('class="spark') == 6
    assert "model.weight" in table
    assert "Learning rate of opt" in table


def test_the_table_says_what_stands_out(client: TestClient) -> None:
    source = LOOP.replace("model.parameters()", "[model.weight]").replace(
        "        opt.step()", "        nn.utils.clip_grad_norm_(model.parameters(), 1e-3)\n        opt.step()"
    )
    table = run(client, source, parts=["training"])["html"]["training"]
    assert "in no optimizer" in table
    assert "clipped in 8 steps" in table


def test_the_inspector_tells_what_a_parameter_was_and_became(client: TestClient) -> None:
    index = run(client)["index"]
    weight = next(node["id"] for node in index["nodes"] if "model.weight" in node["names"])
    inspector = run(client, pass_index=2, node=weight, parts=["inspector"])["html"]["inspector"]
    for words in ("The step after this pass", "was", "became", "exp_avg", "exp_avg_sq", "learning rate"):
        assert words in inspector
    assert 'data-line="10"' in inspector


def test_the_step_of_the_optimizer_is_the_last_one(client: TestClient) -> None:
    steps = run(client, pass_index=2)["steps"]
    assert steps["update"] == 1
    answer = client.post("/run", json={"source": LOOP, "options": {"pass": "2", "step": "optimizer"}, "pass_index": 2})
    step = answer.json()["step"]
    assert (step["number"], step["phase"], step["pass"]) == (steps["count"] + 1, "update", 2)
    assert step["sentence"] == "opt takes a step, which changes 2 leaves."
    assert answer.json()["svg"].count(">became<") == 2


def test_a_step_that_changes_one_leaf_names_it(client: TestClient) -> None:
    source = (
        "w = torch.tensor(2., requires_grad=True)\nopt = torch.optim.SGD([w], lr=1.)\n(w * w).backward()\nopt.step()"
    )
    answer = client.post("/run", json={"source": source, "options": {"step": "optimizer"}}).json()
    assert answer["step"]["sentence"] == "opt takes a step, which changes w."


def test_a_program_that_changes_nothing_has_no_such_step(client: TestClient) -> None:
    assert run(client, GAN)["steps"]["update"] == 0


def test_names_of_a_program_are_text_in_the_table(client: TestClient) -> None:
    source = LOOP.replace("import torch\n", "import torch\nevil = '<b>'\n", 1).replace("epoch", "épöch")
    assert run(client, source)["series"]["axes"] == ["épöch", "step"]


def test_a_problem_of_one_iteration_is_shown_in_its_picture(client: TestClient) -> None:
    source = (
        "w = torch.tensor(1.0, requires_grad=True)\nfor i in range(4):\n    y = (w - i * 0.5).sqrt()\n"
        "    loss = y * 2\n    loss.backward()\n"
    )
    answer = run(client, source)
    nodes = {node["id"]: node["op"] for node in answer["index"]["nodes"]}
    told = [problem for problem in answer["problems"] if problem["pass_index"] is not None]
    assert told
    assert {nodes[problem["node"]] for problem in told} <= {"SqrtBackward0", "SubBackward0", "MulBackward0"}
    assert {problem["pass_index"] for problem in told} <= {3, 4}
    assert f'data-pass="{told[0]["pass_index"]}"' in answer["html"]["problems"]


def test_a_chart_breaks_where_numbers_are_not_finite() -> None:
    chart = spark([1.0, 2.0, "nan", 3.0, 4.0], 4)
    assert len(chart.lines) == 2
    assert chart.bad == (50.0,)
    assert chart.here == 100.0


def test_a_chart_of_one_number_or_none_is_drawn_too() -> None:
    assert spark([None, None], None).lines == ()
    assert spark([2.0], 0).lines == ("0.0,12.0 0.0,12.0",)
