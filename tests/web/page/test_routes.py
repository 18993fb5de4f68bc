"""The page without scripts: a form that runs a program and shows what came of it."""

from html import unescape

from chainrule.payload import encode
from fastapi.testclient import TestClient


def test_the_first_visit_shows_an_example_with_its_picture(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert 'data-node="n0"' in page.text
    assert "z = g.sum()/12" in page.text
    assert "1.1322" in page.text


def test_a_form_without_scripts_answers_picture_console_and_variables(client: TestClient) -> None:
    source = "x = torch.tensor(3., requires_grad=True)\r\nz = x*x\r\nz.backward()\r\nprint('grad', x.grad)"
    page = client.post("/", data={"source": source})
    assert page.status_code == 200
    assert "grad tensor(6.)" in page.text
    assert page.text.count('class="node') >= 2
    assert 'name="source"' in page.text
    assert "\r" not in page.text


def test_the_inputs_of_an_expression_become_fields_that_the_form_sends_back(client: TestClient) -> None:
    page = client.post("/", data={"source": "w*x", "input.w": "2.5"})
    assert 'name="input.w" value="2.5"' in page.text
    assert 'name="input.x" value="1.0"' in page.text


def test_an_input_that_is_no_number_is_a_problem_of_that_input(client: TestClient) -> None:
    page = client.post("/", data={"source": "w*x", "input.w": "two"})
    assert page.status_code == 422
    assert "Input 'w'" in unescape(page.text)
    assert "w*x" in page.text


def test_a_refused_program_keeps_its_text_and_names_the_line(client: TestClient) -> None:
    page = client.post("/", data={"source": "a = 1\nb = tenosr([1.])"})
    assert page.status_code == 422
    assert "tenosr" in page.text
    assert 'data-line="2"' in page.text


def test_a_program_that_raises_still_shows_its_graph(client: TestClient) -> None:
    source = "x = torch.ones(3, requires_grad=True)\nz = x*2\nz.backward()"
    page = client.post("/", data={"source": source})
    assert page.status_code == 200
    assert "grad can be implicitly created only for scalar outputs" in page.text
    assert "MulBackward0" in page.text


def test_an_empty_program_is_a_problem(client: TestClient) -> None:
    page = client.post("/", data={"source": "  "})
    assert page.status_code == 422
    assert "There is nothing to run" in page.text


def test_markup_in_a_program_stays_text(client: TestClient) -> None:
    source = "x = torch.ones(1, requires_grad=True)\nprint('<img src=x onerror=alert(1)></textarea><script>')\ny = x*1"
    page = client.post("/", data={"source": source})
    assert "<img src=x" not in page.text
    assert "</textarea><script>" not in page.text


def test_an_example_is_shown_by_its_name(client: TestClient) -> None:
    assert "backward(gradient=torch.tensor" in client.get("/?example=gradient_argument").text


def test_an_unknown_example_shows_the_first_one(client: TestClient) -> None:
    assert "z = g.sum()/12" in client.get("/?example=nothing").text


def test_an_address_carries_a_program(client: TestClient) -> None:
    assert "sigmoid(w)" in client.get(f"/?p={encode('sigmoid(w)')}").text
    assert "tanh(w)" in client.get("/", params={"code": "tanh(w)"}).text


def test_a_broken_address_is_told_and_leaves_the_editor_usable(client: TestClient) -> None:
    page = client.get("/?p=abc")
    assert page.status_code == 400
    assert "The address does not carry a readable program" in page.text
    assert 'name="source"' in page.text


def test_the_page_has_a_strict_policy_and_no_script_inside(client: TestClient) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "onclick=" not in page.text
    assert all("src=" in part.split(">")[0] for part in page.text.split("<script")[1:])


def test_the_page_asks_for_nothing_from_another_host(client: TestClient) -> None:
    page = client.get("/").text
    for attribute in ('src="', 'href="', 'action="'):
        for part in page.split(attribute)[1:]:
            own = part.removeprefix("http://localhost/")
            assert not own.startswith(("http:", "https:", "//")), own[:80]


def test_a_link_in_a_chat_shows_its_picture(client: TestClient) -> None:
    payload = encode("x*x")
    page = client.get(f"/?p={payload}").text
    assert f'property="og:image" content="http://localhost/png/{payload}"' in page
    assert 'property="og:description" content="x*x"' in page
