"""What people copy and drop becomes a program in the editor."""

import json

from playwright.sync_api import Page, expect

from tests.e2e.pages import fill, program, visit

NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "source": ["# Words"]},
            {"cell_type": "code", "source": ["%matplotlib inline\n", "x = torch.ones(2, requires_grad=True)"]},
            {"cell_type": "code", "source": ["(x * 2).sum()"], "outputs": [{"data": {"image/png": "A" * 200_000}}]},
        ]
    }
)
CODE = "x = torch.ones(2, requires_grad=True)\n\n(x * 2).sum()"


def test_prompts_are_taken_out_where_the_program_runs(page: Page, address: str) -> None:
    visit(page, address)
    fill(page, ">>> x = torch.ones(2, requires_grad=True)\n>>> y = (x * 2).sum()\n>>> y.backward()")
    expect(page.locator("#source")).to_have_value(
        "x = torch.ones(2, requires_grad=True)\ny = (x * 2).sum()\ny.backward()", timeout=60_000
    )


def test_a_notebook_that_is_dropped_is_its_code_cells(page: Page, address: str) -> None:
    visit(page, address)
    page.evaluate(
        """(text) => {
            const files = new DataTransfer();
            files.items.add(new File([text], "lesson.ipynb"));
            document.querySelector(".cm-content").dispatchEvent(
                new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
        }""",
        NOTEBOOK,
    )
    expect(page.locator("#source")).to_have_value(f"# %matplotlib inline\n{CODE}", timeout=60_000)
    assert "lesson.ipynb" in page.locator("body").inner_text()
    assert program(page).endswith("(x * 2).sum()")


def test_a_click_takes_out_what_does_nothing_for_the_graph(page: Page, address: str, watch) -> None:
    watch.allow("422")
    visit(page, address)
    fill(page, f"{CODE}\ntorch.save(x, 'x.pt')")
    page.get_by_role("button", name="Leave this out").first.click(timeout=60_000)
    expect(page.locator("#source")).to_have_value(f"{CODE}\npass", timeout=60_000)
