"""The OpenAPI document, and the page that shows it to people: our own template, no script, nothing from elsewhere."""

from collections.abc import Sequence
from typing import Any, Literal

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chainrule.protocol.response import GraphAnswer
from chainrule.render.templates import template
from chainrule.web.api.batch import BatchAnswer, BatchBody
from chainrule.web.api.closed_form import ClosedFormAnswer
from chainrule.web.api.documents import VIEW_PARAMETERS
from chainrule.web.api.render import RenderBody
from chainrule.web.api.schemas import TraceBody
from chainrule.web.problems import ProblemDocument

router = APIRouter(include_in_schema=False)

BODIES = (TraceBody, BatchBody, RenderBody)
ANSWERS = (GraphAnswer, BatchAnswer, ClosedFormAnswer, ProblemDocument)

METHODS = ("get", "post", "put", "patch", "delete")


def describe(app: FastAPI) -> None:
    """Have ``app`` make its OpenAPI document with the schemas that endpoints name by reference."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            components = document.setdefault("components", {})
            components["parameters"] = VIEW_PARAMETERS
            schemas = components.setdefault("schemas", {})
            for name, schema in _schemas().items():
                schemas.setdefault(name, schema)
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def _schemas() -> dict[str, Any]:
    """Return the schemas by name; a model that is both taken and given has the form in which it is given."""
    taken = _of(BODIES, "validation")
    return taken | _of(ANSWERS, "serialization")


def _of(models: Sequence[type[BaseModel]], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    wanted = [(model, mode) for model in models]
    schemas: dict[str, Any] = models_json_schema(wanted, ref_template="#/components/schemas/{model}")[1]["$defs"]
    return schemas


@router.get("/docs")
async def docs() -> Response:
    """Send those who expect the page of the API where other servers have it."""
    return RedirectResponse("/api")


@router.get("/api")
async def page(request: Request) -> Response:
    """Show the API to people."""
    document = request.app.openapi()
    operations = [
        {"method": method, "path": path, **operation}
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]
    return HTMLResponse(
        template("openapi.html").render(
            document=document, operations=operations, schemas=document["components"]["schemas"]
        )
    )
