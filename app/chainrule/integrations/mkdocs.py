"""A fence for MkDocs (pymdownx.superfences): ```` ```chainrule ```` draws the autograd graph of the program in it.

In mkdocs.yml::

    markdown_extensions:
      - pymdownx.superfences:
          custom_fences:
            - name: chainrule
              class: chainrule
              format: !!python/name:chainrule.integrations.mkdocs.draw_fence
              validator: !!python/name:chainrule.integrations.mkdocs.read_options

``CHAINRULE_SERVER`` names a server that draws; without it, this installation does. ``CHAINRULE_ON_ERROR=warn`` lets the
build go on where a program fails.
"""

import os
from collections.abc import MutableMapping
from html import escape
from logging import getLogger
from pathlib import Path
from typing import Any

from pymdownx.superfences import SuperFencesException

from chainrule.integrations.figure import Fault, FigureOrder, RefusedError, read_order
from chainrule.integrations.renderer import open_renderer
from chainrule.render.iframe import write_iframe
from chainrule.render.inline import inline_image

LOG = getLogger("mkdocs.chainrule")
FENCE_OPTIONS = frozenset({"mode", "alt", "raises", "show-source"})
MODES = ("static", "link", "iframe")


def read_options(
    language: str,
    inputs: MutableMapping[str, Any],
    options: MutableMapping[str, Any],
    attrs: MutableMapping[str, Any],
    md: Any,
) -> bool:
    """Take every option of the fence: a bad one is told when it is drawn, where the build can fail."""
    options.update(inputs)
    inputs.clear()
    return True


def draw_fence(
    source: str, language: str, css_class: str, options: MutableMapping[str, Any], md: Any, **more: Any
) -> str:
    """Return the HTML of a fence.

    Raises:
        SuperFencesException: the program failed, or an option cannot be used; the build fails with it.
    """
    server = os.environ.get("CHAINRULE_SERVER", "")
    given = {name: str(value) for name, value in options.items() if name not in FENCE_OPTIONS}
    try:
        order = read_order(source.rstrip() + "\n", given)
        html = _picture(order, str(options.get("mode", "static")), server, options)
    except ValueError as error:
        return _failed((Fault(str(error)),), source, md)
    except RefusedError as error:
        return _failed(error.faults, source, md)
    code = f"<pre><code>{escape(source)}</code></pre>" if "show-source" in options else ""
    return f'{code}<figure class="{escape(css_class)}">{html}</figure>'


def _picture(order: FigureOrder, mode: str, server: str, options: MutableMapping[str, Any]) -> str:
    alt = str(options.get("alt", f"Autograd graph of: {order.program.source.strip()}"))
    if mode not in MODES:
        raise ValueError(f"mode: {mode!r} is not one of {', '.join(MODES)}")
    if mode != "static" and not server:
        raise ValueError(f"the mode {mode} needs a server, named by CHAINRULE_SERVER")
    if mode == "link":
        return f'<img src="{escape(order.url(server))}" alt="{escape(alt)}" loading="lazy">'
    if mode == "iframe":
        return write_iframe(order.frame_url(server), title=alt)
    figure = open_renderer(server).draw(order)
    if figure.faults and "raises" not in options:
        raise RefusedError(figure.faults)
    return inline_image(figure.content, alt)


def _failed(faults: tuple[Fault, ...], source: str, md: Any) -> str:
    """Fail the build, or tell what is wrong in the place of the picture."""
    lines = source.splitlines()
    file, first = _origin(md, lines)
    messages = []
    for fault in faults:
        line = lines[fault.line - 1].strip() if fault.line and fault.line <= len(lines) else ""
        place = f"line {fault.line} of the program ({line}): " if fault.line else ""
        where = f"{file}:{first + (fault.line or 1) - 1}: " if file else ""
        messages.append(f"chainrule: {where}{place}{fault.message}")
    if os.environ.get("CHAINRULE_ON_ERROR") != "warn":
        raise SuperFencesException("\n".join(messages))
    for message in messages:
        LOG.warning(message)
    return f'<pre class="chainrule-error">{escape(chr(10).join(messages))}</pre>'


def _origin(md: Any, program: list[str]) -> tuple[str, int]:
    """Return the file that a program stands in and the line of its first there; an empty name where that is not clear.

    Markdown tells a fence neither, so the file is asked of MkDocs' own processor of links, and the program looked for.
    """
    try:
        file = md.treeprocessors["relpath"].file
        page = [line.strip() for line in Path(file.abs_src_path).read_text(encoding="utf-8").splitlines()]
    except (AttributeError, KeyError, TypeError, ValueError, OSError):
        return "", 0
    wanted = [line.strip() for line in program]
    found = [at for at in range(len(page)) if page[at : at + len(wanted)] == wanted]
    return (file.src_uri, found[0] + 1) if len(found) == 1 else ("", 0)
