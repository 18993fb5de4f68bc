"""The pages under /problems/: what each kind of problem is, with a program that has it and the same one mended."""

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from chainrule.payload import encode
from chainrule.problems import GROUPS, PROBLEMS
from chainrule.web.page.templates import page_templates

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ProblemExample:
    """A program on the page of a problem: its text, its picture and the way into the editor."""

    source: str

    @property
    def picture(self) -> str:
        """Return the address of its picture."""
        return f"/svg/{encode(self.source)}?direction=LR"

    @property
    def link(self) -> str:
        """Return the address of the page with it in the editor."""
        return f"/?p={encode(self.source)}"


@router.get("/problems")
async def list_kinds(request: Request) -> Response:
    """List every kind of problem under headings."""
    return _page(request, "problems.html", groups=GROUPS)


@router.get("/problems/{slug}")
async def show_kind(request: Request, slug: str) -> Response:
    """Explain one kind of problem."""
    kind = PROBLEMS.get(slug)
    if kind is None:
        raise HTTPException(404, f"There is no kind of problem called {slug[:60]!r}; /problems lists them")
    example = None if kind.example is None else ProblemExample(kind.example)
    mended = None if kind.mended is None else ProblemExample(kind.mended)
    return _page(request, "problem.html", kind=kind, example=example, mended=mended)


def _page(request: Request, template: str, **values: object) -> Response:
    language = page_templates().language(request)
    text = page_templates().render(template, language, **values)
    return HTMLResponse(text, headers={"Cache-Control": "public, max-age=3600", "Vary": "Accept-Language, Cookie"})
