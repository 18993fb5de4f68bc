"""The templates with the words of each language."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

from fastapi import Request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from chainrule.assets import EXAMPLES
from chainrule.explain.math import lines
from chainrule.graph import Number
from chainrule.render.figure.draw import draw_figure
from chainrule.render.formats.registry import FORMATS
from chainrule.render.iframe import write_iframe
from chainrule.render.templates import environment, template
from chainrule.web.examples import GalleryExample, read_examples
from chainrule.web.page.i18n import LANGUAGES, choose_language, teller, translations
from chainrule.web.page.script_words import script_words
from chainrule.web.page.tables import table
from chainrule.web.page.view import View
from chainrule.web.pictures.embed import Preview
from chainrule.words.nodes import operation_of, say_flag
from chainrule.words.numbers import python_number, say_number
from chainrule.words.shapes import say_shape

FIRST_EXAMPLE = "mean_of_cubes"
FEW = 6
"""Numbers of a list that are written in a line."""

PARTS: Mapping[str, str] = {
    "problems": "parts/problems.html",
    "console": "parts/console.html",
    "variables": "parts/variables.html",
    "inputs": "parts/inputs.html",
    "inspector": "parts/inspector/inspector.html",
    "table": "parts/table.html",
    "training": "parts/training.html",
    "check": "parts/check.html",
}
"""The parts of the page that a run replaces, and their templates."""


class PageTemplates:
    """Renders the page and its parts."""

    def __init__(self) -> None:
        self.examples = read_examples(EXAMPLES)
        _add_words()

    def language(self, request: Request) -> str:
        """Return the language of an answer.

        Args:
            request: its query, cookie and ``Accept-Language`` are looked at.
        """
        return choose_language(
            request.query_params.get("lang"), request.cookies.get("lang"), request.headers.get("accept-language", "")
        )

    def example(self, name: str | None) -> GalleryExample:
        """Return the example of a name, or the first one.

        Args:
            name: as in the address; unknown names give the first example.
        """
        by_name = {example.name: example for example in self.examples}
        return by_name.get(name or "", by_name[FIRST_EXAMPLE])

    def page(self, view: View, language: str, shared: Preview | None = None, *, confined: bool = True) -> str:
        """Return the whole page.

        Args:
            view: what it shows.
            language: a key of `LANGUAGES`.
            shared: what a link to it shows in a chat, where its address carries a program.
            confined: False warns that programs are run without walls.
        """
        words = script_words(translations(language).gettext)
        return template("index.html").render(
            view=view,
            language=language,
            languages=LANGUAGES,
            words=words,
            formats=FORMATS,
            examples=self.examples,
            shared=shared,
            confined=confined,
            frame=write_iframe("{address}"),
        )

    def render(self, name: str, language: str, **values: object) -> str:
        """Return another page.

        Args:
            name: that of its template.
            language: a key of `LANGUAGES`.
            values: what the template shows.
        """
        return template(name).render(language=language, **values)

    def parts(self, names: Collection[str], view: View, language: str) -> dict[str, str]:
        """Return some parts of the page, as HTML.

        Args:
            names: keys of `PARTS`; others are passed over.
            view: what they show.
            language: a key of `LANGUAGES`.
        """
        return {
            name: template(path).render(view=view, language=language) for name, path in PARTS.items() if name in names
        }


def with_code(text: str) -> Markup:
    """Return a text with what stands in backquotes as code.

    Args:
        text: of the catalogue, or the detail of a problem.
    """
    parts = str(escape(text)).split("`")
    return Markup("").join(
        Markup(f"<code>{part}</code>" if place % 2 else part)  # escaped above
        for place, part in enumerate(parts)
    )


@cache
def page_templates() -> PageTemplates:
    """Return the templates and examples, read once."""
    return PageTemplates()


def _add_words() -> None:
    """Give the templates the words of every language, and the filters of the page.

    What is rendered says its language: templates of the page are given ``language``.
    """
    templates = environment()
    templates.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    templates.filters |= {
        "number": say_number,
        "full": python_number,
        "operation": operation_of,
        "flag": say_flag,
        "shape": _shape,
        "code": with_code,
        "said": _said,
        "few": _few,
        "drawn": lambda figure: Markup(draw_figure(figure)),  # which escapes what a program wrote
        "math_lines": lines,
        "jacobian_rows": lambda one: table(one.values),
    }


@pass_context
def _gettext(context: Context, text: str) -> str:
    return translations(context["language"]).gettext(text)


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> str:
    return translations(context["language"]).ngettext(one, many, count)


def _few(numbers: Sequence[Number]) -> str:
    """Return the first numbers of a list as people read them."""
    if len(numbers) == 1:
        return say_number(numbers[0])
    more = ", …" if len(numbers) > FEW else ""
    return f"[{', '.join(map(say_number, numbers[:FEW]))}{more}]"


@pass_context
def _shape(context: Context, sizes: Sequence[int]) -> str:
    return teller(context["language"])(say_shape(sizes))


@pass_context
def _said(context: Context, text: str) -> str:
    return teller(context["language"])(text)
