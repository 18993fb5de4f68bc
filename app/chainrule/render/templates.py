"""The one environment of the templates: what a picture is put into, and every page."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from chainrule.assets import TEMPLATES
from chainrule.render.picture.elements import pixels


@cache
def environment() -> Environment:
    """Return the environment, made once: everything is escaped, and a name that nobody gave is an error.

    The web adds the words of its languages and its own filters when it starts.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # else each use looks whether the file is another by now
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False}  # keys stay in the order in which they were given
    made.filters["px"] = pixels
    return made


def template(name: str) -> Template:
    """Return a template, read and compiled once.

    Args:
        name: its path under ``templates/``.
    """
    return environment().get_template(name)
