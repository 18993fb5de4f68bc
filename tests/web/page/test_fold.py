"""What the inspector says about a fold of the picture."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

NAN = (
    "class Net(nn.Module):\n"
    "    def __init__(self):\n"
    "        super().__init__()\n"
    "        self.scale = nn.Parameter(torch.tensor([3.0, 4.0]))\n"
    "    def forward(self, x):\n"
    "        return torch.sqrt(x * self.scale)\n"
    "net = Net()\n"
    "x = torch.tensor([-1.0, 4.0], requires_grad=True)\n"
    "net(x).sum().backward()\n"
)


@pytest.fixture(scope="module")
def inspector(client: TestClient) -> str:
    body = {"source": NAN, "options": {"closed": "net"}, "node": "f0", "parts": ["inspector"]}
    found: Any = client.post("/run", json=body).json()["html"]["inspector"]
    return str(found)


def test_a_fold_is_told_with_what_is_inside(inspector: str) -> None:
    for part in ("<code>Net</code>", "2 operations", "1 leaf", 'data-unfold="net"', ">scale</button>", ">x</button>"):
        assert part in inspector, part


def test_the_norms_of_its_leaves_are_those_of_the_tensors(inspector: str) -> None:
    assert "<td>5</td>" in inspector.split(">scale</button>")[1]


def test_what_stands_out_inside_leads_to_its_node(inspector: str) -> None:
    alarm = inspector.split("Warnings inside")[1].split("</section>")[0]
    assert "first NaN" in alarm
    assert ">sqrt</button>" in alarm


def test_a_fold_that_is_not_there_leaves_the_inspector_empty(client: TestClient) -> None:
    for options in ({}, {"open": "nowhere"}):
        body = {"source": NAN, "options": options, "node": "f7", "parts": ["inspector"]}
        assert "Nothing is selected" in client.post("/run", json=body).json()["html"]["inspector"]
