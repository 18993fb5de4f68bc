"""What a query string says: options of the request, of the view, and values of inputs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

from chainrule.program.request import REQUEST_OPTIONS, ParameterError, read_program
from chainrule.protocol.program import Program
from chainrule.render import ViewOptions
from chainrule.render.options import find_option

MOST_PARAMETERS = 100
GROUPS = dict.fromkeys(("code", *REQUEST_OPTIONS), "request") | dict.fromkeys(("v", "download"), "delivery")
"""Where a parameter belongs that is no option of the view and no input."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query string, taken apart."""

    request: Mapping[str, str]
    """What belongs to the execution: ``code``, ``inputs``, ``seed``, ``root``, ``gradient``."""
    delivery: Mapping[str, str]
    """``v`` and ``download``."""
    view: Mapping[str, str]
    """The options of the picture."""
    answer: Mapping[str, str]
    """What a JSON answer is to hold."""
    values: Mapping[str, str]
    """Everything else: values of inputs, by name."""

    def options(self) -> ViewOptions:
        """Return the options of the picture; raises ViewInvalidError for a bad one."""
        return ViewOptions.from_query(self.view)

    def program(self, source: str | None = None) -> Program:
        """Return the program and what is asked of it.

        Args:
            source: its text; None takes it from ``code``.

        Raises:
            InputInvalidError: a value is not JSON.
            GradientInvalidError: ``gradient`` is not JSON, nor "none".
            HTTPException: ``seed`` is not a whole number, or there is no such parameter.
        """
        try:
            return read_program(self.request.get("code", "") if source is None else source, self.request, self.values)
        except ParameterError as error:
            raise HTTPException(400, str(error)) from None

    def refuse_all_but_view(self) -> None:
        """Raise HTTPException where there is a parameter that is no option of the view."""
        for name in (*self.request, *self.delivery, *self.answer, *self.values):
            raise HTTPException(400, f"There is no parameter {name[:40]!r} here")

    def refuse_all(self) -> None:
        """Raise HTTPException where there is any parameter."""
        self.refuse_all_but_view()
        for name in self.view:
            raise HTTPException(400, f"There is no parameter {name[:40]!r} here")


def parse(query_string: bytes, answer: Collection[str] = ()) -> Query:
    """Take a query string apart.

    Args:
        query_string: as it stands in the address.
        answer: parameters of the answer that this address has; elsewhere inputs may have their names.

    Raises:
        HTTPException: there are too many parameters, one is given twice, or it is not UTF-8.
    """
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except UnicodeDecodeError:
        raise HTTPException(400, "The query is not UTF-8") from None
    except ValueError:
        raise HTTPException(400, f"There are more than {MOST_PARAMETERS} parameters") from None
    groups: dict[str, dict[str, str]] = {"request": {}, "delivery": {}, "view": {}, "answer": {}, "values": {}}
    known = GROUPS | dict.fromkeys(answer, "answer")
    for given, value in pairs:
        option = find_option(given)
        name = given if option is None else option.name
        group = groups["view" if option is not None else known.get(name, "values")]
        if name in group:
            raise HTTPException(400, f"The parameter {given[:40]!r} is given twice")
        group[name] = value
    return Query(**groups)
