"""How errors and negotiated answers stand in the OpenAPI document."""

from typing import Any

from chainrule.graph.tensors.listing import USUALLY_LISTED
from chainrule.problems import BY_STATUS
from chainrule.render.formats.registry import FORMATS, Format, media_types
from chainrule.render.options import OPTIONS
from chainrule.web.problems import MEDIA_TYPE, ProblemDocument


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the entries of an operation's ``responses`` for the errors it answers."""
    entries: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        entry: dict[str, Any] = {
            "description": BY_STATUS[status].title,
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}}},
        }
        if status in (429, 503):
            entry["headers"] = {
                "Retry-After": {"description": "When to try again [s].", "schema": {"type": "integer", "minimum": 1}}
            }
        entries[status] = entry
    return entries


def reference(model: type) -> dict[str, str]:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def picture_operation(picture_format: Format, *, with_payload: bool) -> dict[str, Any]:
    """Return how an address of pictures stands in the document, as arguments of ``add_api_route``."""
    kind = picture_format.media_type
    parameters: list[dict[str, Any]] = [
        _parameter(
            "seed",
            "Seeds torch before the program runs.",
            {"type": "integer", "minimum": 0, "maximum": 2**63 - 1, "default": 0},
        ),
        _parameter("root", "The variable to start backward from.", {"type": "string"}),
        _parameter("gradient", 'The cotangent to start with, as JSON; "none" runs no pass.', {"type": "string"}),
        _parameter(
            "inputs",
            "Values of the names that the program leaves open, as a JSON object. A name that is no parameter of this "
            "address may stand alone: x=[1,2,3].",
            {"type": "string", "example": '{"x": [1, 2, 3]}'},
        ),
        _parameter("v", "The version that made the picture; such an address never changes.", {"type": "string"}),
        _parameter("download", 'A file name, or "1": the answer is to be saved.', {"type": "string"}),
    ]
    if with_payload:
        what = {
            "name": "payload",
            "in": "path",
            "required": True,
            "description": "The program: base64url of zlib of its UTF-8 text, padding optional.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]+={0,2}$"},
            "example": "eNqrUNBSqAAABBMBWw",
        }
    else:
        what = {**_parameter("code", "The program.", {"type": "string"}), "required": True, "example": "(x*x).sum()"}
    is_json = picture_format.name == "json"
    body: dict[str, Any] = {"schema": {"type": "object" if picture_format.media_type.endswith("json") else "string"}}
    told = answer_parameters() if is_json else []
    responses = problem_responses(400, 404, 413, 414, 421, 422, 429, 500, 503)
    if picture_format.message_drawer:
        for entry in responses.values():
            entry["content"][kind] = body
    return {
        "summary": f"The graph of a program as {picture_format.name}",
        "operation_id": f"get_{picture_format.name}" + ("_of_payload" if with_payload else ""),
        "response_model": None,
        "responses": {
            200: {
                "description": "The picture",
                "content": {kind: body},
                "headers": {"ETag": {"schema": {"type": "string"}}, "Link": {"schema": {"type": "string"}}},
            },
            304: {"description": "The client holds it already"},
            **responses,
        },
        "openapi_extra": {"parameters": [what, *parameters, *told, *view_parameters()]},
    }


VIEW_PARAMETERS: dict[str, dict[str, Any]] = {
    f"view-{name}": {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"{option.text[0].upper()}{option.text[1:]}.",
        "schema": option.kind.schema,
    }
    for name, option in OPTIONS.items()
}
"""The options of the view, as the document's components."""


def view_parameters() -> list[dict[str, Any]]:
    """Return references to the options of the view."""
    return [{"$ref": f"#/components/parameters/{name}"} for name in VIEW_PARAMETERS]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def answer_parameters() -> list[dict[str, Any]]:
    """Return how a query says what a JSON answer is to hold."""
    return [
        _parameter(
            "values",
            "Of a JSON answer: elements up to which the numbers of a tensor are listed; 0 lists none.",
            {"type": "integer", "minimum": 0, "default": USUALLY_LISTED},
        ),
        _parameter(
            "jacobians",
            "Of a JSON answer: 1 gives each edge between small tensors its local Jacobian.",
            {"type": "string", "enum": SWITCH},
        ),
    ]


def negotiated_pictures() -> dict[str, Any]:
    """Return the ``content`` of an answer that is a picture of the kind asked for."""
    return {kind: {"schema": {"type": "string"}} for kind in media_types(pictures_only=True)}


def embed_operation(*, with_payload: bool) -> dict[str, Any]:
    """Return how an address of frames stands in the document, as arguments of a route."""
    operation = picture_operation(FORMATS["html"], with_payload=with_payload)
    switches = [
        _parameter(
            "editable", "1: the program can be edited and run in the frame.", {"type": "string", "enum": SWITCH}
        ),
        _parameter("chrome", "0: nothing around the picture.", {"type": "string", "enum": SWITCH}),
    ]
    unused = {"download", "v"}
    for status, response in operation["responses"].items():
        if status in (400, 413, 422, 429, 503):
            response["content"]["text/html"] = {"schema": {"type": "string"}}
    kept = [one for one in operation["openapi_extra"]["parameters"] if one.get("name") not in unused]
    return operation | {
        "summary": "The graph of a program as a page for a frame",
        "operation_id": "embed_payload" if with_payload else "embed",
        "openapi_extra": {"parameters": [*kept, *switches]},
    }


SWITCH = ["0", "1"]
