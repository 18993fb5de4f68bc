"""What the page's scripts are answered."""

import pytest
from chainrule import pipeline
from fastapi.testclient import TestClient

from tests.web.counting import CountingPool

SEED = "x = torch.tensor([1., 2.], requires_grad=True)\ny = x**2\nz = y.sum()\nz.backward()\n"


def test_a_run_answers_the_picture_the_parts_and_the_index_at_once(client: TestClient) -> None:
    answer = client.post("/run", json={"source": SEED}).json()
    assert answer["svg"].startswith("<svg")
    assert set(answer["html"]) == {"problems", "console", "variables", "inputs", "inspector"}
    assert [node["op"] for node in answer["index"]["nodes"] if node["kind"] == "function"] == [
        "PowBackward0",
        "SumBackward0",
    ]


def test_the_index_says_where_and_how_large_without_listing_elements(client: TestClient) -> None:
    answer = client.post("/run", json={"source": SEED}).json()
    power = next(node for node in answer["index"]["nodes"] if node["op"] == "PowBackward0")
    assert power["span"] == [2, 4, 2, 8]
    assert power["operator"] == "pow"
    assert power["names"] == ["y"]
    assert power["gradients"] == {"0": 1.0}
    assert abs(power["value"] - ((1 + 16) / 2) ** 0.5) < 1e-3


def test_a_selected_node_fills_the_inspector(client: TestClient) -> None:
    answer = client.post("/run", json={"source": SEED, "node": "n0", "parts": ["inspector"]}).json()
    inspector = answer["html"]["inspector"]
    assert set(answer["html"]) == {"inspector"}
    assert "AccumulateGrad" in inspector
    assert "torch.tensor([2.0, 4.0], dtype=torch.float32)" in inspector
    assert ".grad" in inspector


def test_a_refused_program_answers_its_problems_with_their_places(client: TestClient) -> None:
    answer = client.post("/run", json={"source": "y = tenosr([1.])"})
    assert answer.status_code == 422
    problem = answer.json()["problems"][0]
    assert (problem["line"], problem["column"], problem["end_column"]) == (1, 4, 10)
    assert problem["fixes"][0]["text"] == "tensor"
    assert "svg" not in answer.json()


def test_a_body_that_does_not_fit_is_a_problem_document(client: TestClient) -> None:
    answer = client.post("/run", json={"source": SEED, "colour": "red"})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_the_table_lists_every_node(client: TestClient) -> None:
    table = client.post("/run", json={"source": SEED, "parts": ["table"]}).json()["html"]["table"]
    for name in ("n0", "PowBackward0", "SumBackward0"):
        assert name in table


def test_the_inputs_that_were_used_come_back(client: TestClient) -> None:
    answer = client.post("/run", json={"source": "(w*x).sum()", "inputs": {"x": [1.0, 2.0]}}).json()
    assert answer["inputs"] == {"w": 1.0, "x": [1.0, 2.0]}


def test_inputs_left_over_from_an_earlier_program_are_passed_over(client: TestClient) -> None:
    answer = client.post("/run", json={"source": SEED, "inputs": {"x": 3.0, "w": 1.0}})
    assert answer.status_code == 200
    assert answer.json()["inputs"] == {}


def test_an_input_that_is_no_number_is_never_passed_over(client: TestClient) -> None:
    answer = client.post("/run", json={"source": "x*2", "inputs": {"x": [[1.0], 2.0]}})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["slug"] == "input-invalid"


def test_a_selected_node_of_another_program_leaves_the_inspector_empty(client: TestClient) -> None:
    answer = client.post("/run", json={"source": SEED, "node": "n999", "parts": ["inspector", "gradient"]})
    assert "Nothing is selected" in answer.json()["html"]["inspector"]
    assert answer.json()["gradient"] is None


def test_the_gradient_of_a_node_is_told_for_the_exercise(client: TestClient) -> None:
    answer = client.post("/run", json={"source": SEED, "node": "n0", "parts": ["gradient"]}).json()
    assert answer["gradient"] == {"shape": [2], "values": [2.0, 4.0]}


def test_a_step_is_told_in_one_sentence(client: TestClient) -> None:
    whole = client.post("/run", json={"source": SEED}).json()
    assert whole["steps"] == {"count": 6, "forward": 3, "update": 0, "whole": 6}
    assert whole["step"]["phase"] == "backward"
    first = client.post("/run", json={"source": SEED, "options": {"step": "1"}}).json()
    assert (first["step"]["number"], first["step"]["phase"]) == (1, "forward")
    assert "x" in first["step"]["sentence"]


def test_the_check_compares_each_leaf_with_finite_differences(client: TestClient) -> None:
    answer = client.post("/run", json={"source": SEED, "check": True, "parts": ["check"]}).json()
    assert "agrees" in answer["html"]["check"]
    assert "<code>x</code>" in answer["html"]["check"]
    page = client.post("/", data={"source": SEED, "check": "1"})
    assert "agrees" in page.text


def test_a_result_that_is_no_scalar_says_what_its_pass_started_with(client: TestClient) -> None:
    source = "x = torch.tensor([1., 2.], requires_grad=True)\ny = x**2"
    assert client.post("/run", json={"source": source}).json()["cotangent"] == {"name": "y", "values": [1.0, 1.0]}
    weighed = client.post("/run", json={"source": source, "gradient": [0.0, 3.0]}).json()
    assert weighed["cotangent"]["values"] == [0.0, 3.0]
    assert client.post("/run", json={"source": SEED}).json()["cotangent"] is None


def test_with_nothing_selected_the_inspector_answers_questions_on_the_program(client: TestClient) -> None:
    source = "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x**2\ny.backward(torch.tensor([1.0, 0.0]))"
    inspector = client.post("/run", json={"source": source, "parts": ["inspector"]}).json()["html"]["inspector"]
    assert "What is backward(gradient=...)?" in inspector
    assert "it picks row 0 of the Jacobian" in inspector
    assert "<math" in inspector


def test_jacobians_of_a_slow_program_come_when_the_page_asks_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "QUICK_SECONDS", 0.0)
    source = "x = torch.tensor([1.0, 2.0], requires_grad=True)\nslow = x**2 * 7\nslow.sum().backward()"
    body = {"source": source, "node": "n2", "parts": ["inspector"]}

    def inspector(**more: object) -> str:
        html: str = client.post("/run", json={**body, **more}).json()["html"]["inspector"]
        return html

    first = inspector()
    assert "data-partial" in first
    assert "data-partial" in inspector(node="n0")
    assert "Local Jacobian, 2 by 2" not in first
    told = inspector(jacobians=True)
    assert "data-partial" not in told
    assert "Local Jacobian, 2 by 2" in told
    assert inspector() == told  # it is known by now


def test_a_program_that_did_not_come_to_its_end_is_not_run_again_for_them(
    client: TestClient, pool: CountingPool
) -> None:
    source = "x = torch.tensor([1.0], requires_grad=True)\ny = (x * 2).sum()\ny.backward()\nl = [0] * 10**12"
    executions = pool.executions
    answer = client.post(
        "/run", json={"source": source, "node": "n2", "parts": ["inspector"], "jacobians": True}
    ).json()
    assert [problem["slug"] for problem in answer["problems"]] == ["memory-limit"]
    assert "data-partial" not in answer["html"]["inspector"]
    assert pool.executions == executions + 1


def test_problems_steps_and_questions_are_said_in_korean(client: TestClient) -> None:
    source = "x = torch.tensor([1., 2.], requires_grad=True)\ny = x*2\ny.backward()\n"
    body = {"source": source, "fixes": True}
    answer = client.post("/run", json=body, headers={"Accept-Language": "ko"}).json()
    problem = answer["problems"][0]
    assert problem["title"] == "역전파는 스칼라에서 시작해야 합니다"
    assert "y는 원소가 2개입니다(모양 [2])" in problem["detail"]
    assert problem["fixes"][0]["title"] == "y의 합을 미분하기"
    assert "implicitly created only for scalar outputs" in problem["message"]
    assert answer["step"]["sentence"].startswith("mul: x × 2를 계산해 y = ")
    assert "손실은 왜 스칼라여야 하나요?" in answer["html"]["inspector"]
    assert "y는 원소가 2개입니다" in answer["html"]["problems"]


def test_the_api_stays_english(client: TestClient) -> None:
    source = "x = torch.ones(2, requires_grad=True)\n(x*2).backward()\n"
    answer = client.post("/api/v1/graphs", json={"source": source}, headers={"Accept-Language": "ko"})
    assert "a scalar to start from" in answer.text
    assert "sayings" not in answer.text


def test_the_inspector_shows_the_pass_that_the_picture_shows(client: TestClient) -> None:
    source = "x = torch.tensor(3., requires_grad=True)\ny = x*x\ny.backward(retain_graph=True)\n(2*y).backward()\n"
    body = {"source": source, "node": "n0", "parts": ["inspector"]}
    last = client.post("/run", json=body).json()["html"]["inspector"]
    first = client.post("/run", json=body | {"pass_index": 1, "options": {"pass": "1"}}).json()["html"]["inspector"]
    stepped = client.post("/run", json=body | {"options": {"step": "4"}}).json()["html"]["inspector"]
    assert "gradient, pass 2" in last
    assert "gradient, pass 1" in first
    assert "gradient, pass 1" in stepped


def test_the_check_says_which_of_several_passes_it_compares(client: TestClient) -> None:
    twice = "x = torch.tensor(3., requires_grad=True)\nfor _ in range(2):\n    (x*x).backward()\n"
    told = [
        client.post("/run", json={"source": source, "check": True, "parts": ["check"]}).json()["html"]["check"]
        for source in (twice, twice.replace("range(2)", "range(1)"))
    ]
    assert "Only the first of the 2 passes is compared" in told[0]
    assert "Only the first" not in told[1]


def test_why_a_program_is_refused_is_said_in_korean(client: TestClient) -> None:
    answer = client.post("/run", json={"source": "x = tenosr([1.])\nopen('a')\n"}, headers={"Accept-Language": "ko"})
    titles = [problem["title"] for problem in answer.json()["problems"]]
    assert titles == [
        "tenosr는 정의되어 있지 않습니다. 혹시 tensor인가요?",
        "open은 쓸 수 없습니다: 여기서 프로그램은 파일을 쓸 수 없습니다",
    ]


FAILED = "x = torch.tensor([1., 2.], requires_grad=True)\nz = (x**2).sum()\nz.backward()\nz.backward()\n"


def test_after_a_second_backward_that_failed_the_first_pass_is_shown(client: TestClient) -> None:
    answer = client.post("/run", json={"source": FAILED, "node": "n0"}).json()
    assert answer["index"]["shown_pass"] == 1
    assert "pass 1 of 2" in answer["svg"]
    assert "gradient, pass 1" in answer["html"]["inspector"]
    assert (answer["step"]["pass"], answer["step"]["number"]) == (1, answer["steps"]["whole"])
    assert answer["step"]["sentence"].startswith("x received [2, 4]")
    table = client.post("/run", json={"source": FAILED, "parts": ["table"]}).json()["html"]["table"]
    assert "gradients of pass 1" in table


def test_the_pass_that_failed_is_one_choice_away(client: TestClient) -> None:
    body = {"source": FAILED, "node": "n0", "options": {"pass": "2"}, "pass_index": 2}
    answer = client.post("/run", json=body).json()
    assert "pass 2 of 2" in answer["svg"]
    assert answer["step"]["pass"] == 2
    assert "No gradient arrived here in pass 2." in answer["html"]["inspector"]
    assert "<code>.grad</code>" not in answer["html"]["inspector"]


def test_without_scripts_the_first_pass_is_shown_too(client: TestClient) -> None:
    assert "pass 1 of 2" in client.post("/", data={"source": FAILED}).text


def test_a_step_leaves_out_what_the_page_holds_already(client: TestClient) -> None:
    body = {"source": SEED, "node": "n0"}
    first = client.post("/run", json=body).json()
    whole = client.post("/run", json={**body, "options": {"step": "2"}}).json()
    held = {"held": first["held"], "inspected": first["inspected"]}
    answer = client.post("/run", json={**body, **held, "options": {"step": "2"}}).json()
    assert set(answer["html"]) == {"problems"}
    assert set(whole) - set(answer) == {"inputs", "index", "cotangent"}
    assert {key: answer[key] for key in answer if key != "html"} == {key: whole[key] for key in answer if key != "html"}
    for part in ("console", "variables", "inputs", "inspector"):
        assert whole["html"][part] == first["html"][part]


def test_the_inspector_comes_again_when_it_shows_something_else(client: TestClient) -> None:
    twice = SEED + "x.sum().backward()\n"
    body = {"source": twice, "node": "n0", "pass_index": 1, "parts": ["inspector"]}
    known = {"inspected": client.post("/run", json=body).json()["inspected"]}
    assert client.post("/run", json={**body, **known}).json()["html"] == {}
    for other in ({"node": "n1"}, {"pass_index": 2}, {"source": twice + "\n# another"}, {"check": True}):
        assert set(client.post("/run", json={**body, **known, **other}).json()["html"]) == {"inspector"}
    korean = client.post("/run", json={**body, **known}, headers={"Accept-Language": "ko"}).json()
    assert set(korean["html"]) == {"inspector"}


def test_a_fold_is_shown_again_where_the_picture_is_folded_otherwise(client: TestClient) -> None:
    loop = "y = torch.ones(2, requires_grad=True)\nfor i in range(30):\n    y = (y * 2).sin()\ny.sum().backward()\n"
    body = {"source": loop, "node": "f0", "options": {"boxes": "6"}, "parts": ["inspector"]}
    first = client.post("/run", json=body).json()
    assert "n1" in first["html"]["inspector"]
    known = {**body, "inspected": first["inspected"]}
    assert client.post("/run", json={**known, "options": {"boxes": "6", "step": "3"}}).json()["html"] == {}
    assert "inspector" in client.post("/run", json={**known, "options": {"boxes": "8"}}).json()["html"]


def test_an_answer_that_may_come_out_otherwise_is_never_held(client: TestClient) -> None:
    answer = client.post("/run", json={"source": "while True: pass"}).json()
    assert (answer["held"], answer["inspected"]) == (None, None)
    refused = client.post("/run", json={"source": "import pickle; pickle.load"}).json()
    assert (refused["held"], refused["inspected"]) == (None, None)


def test_fixes_are_shown_once_they_were_tried(client: TestClient) -> None:
    body = {"source": "x = torch.tensor([1., 2.], requires_grad=True)\ny = x*5\ny.backward()\n"}
    first = client.post("/run", json=body).json()
    assert first["untried"]
    assert first["problems"][0]["fixes"] == []
    assert "data-fix" not in first["html"]["problems"]
    tried = client.post("/run", json=body | {"fixes": True, "parts": ["problems"]}).json()
    assert not tried["untried"]
    assert [fix["text"] for fix in tried["problems"][0]["fixes"]][:1] == ["y.sum()"]
    assert "data-fix" in tried["html"]["problems"]
    again = client.post("/run", json=body).json()
    assert not again["untried"]
    assert again["problems"] == tried["problems"]
