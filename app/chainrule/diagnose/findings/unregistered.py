"""Modules that a module keeps where its parameters are not found."""

import ast
from collections.abc import Mapping

import torch

from chainrule.diagnose.findings.flow import GraphFlow
from chainrule.diagnose.source import SourceText, called
from chainrule.protocol.messages import Fix, Problem
from chainrule.tape.record.modules import named_parts
from chainrule.words.saying import say


def hidden_modules(text: SourceText, namespace: Mapping[str, object]) -> list[Problem]:
    """Find modules of the program that keep other modules in a plain list or dict."""
    for name, value in namespace.items():
        if not isinstance(value, torch.nn.Module):
            continue
        for path, module in named_parts(value, ""):
            for attribute, held in vars(module).items():
                if attribute.startswith("_") or not _holds_modules(held):
                    continue
                owner = f"{name}.{path}" if path else name
                return [_problem(text, owner, attribute, held)]
    return []


def made_in_forward(flow: GraphFlow) -> list[Problem]:
    """Find parameters that a module's ``forward`` makes: they are new in each call, and no optimizer knows them."""
    for node in flow.graph.nodes:
        call = flow.text.at(node.span) if node.kind == "leaf" else None
        method = flow.text.enclosing(node.span, ast.FunctionDef)
        owner = flow.text.enclosing(node.span, ast.ClassDef)
        name = called(call) or ""
        is_made = isinstance(call, ast.Call) and name[:1].isupper() and not name.startswith("Lazy")
        if not is_made or not isinstance(method, ast.FunctionDef) or method.name != "forward":
            continue
        if not isinstance(owner, ast.ClassDef) or not any(one.kind == "module" for one in node.scope):
            continue
        return [
            Problem.of(
                "layer-in-forward",
                say(
                    "`{code}` in line {line} makes new parameters at each call of {owner}.forward: what was learnt is "
                    "thrown away, and no optimizer holds them. Make it in __init__, on self.",
                    code=flow.text.short(node.span) or name,
                    line=method.lineno if node.span is None else node.span.line,
                    owner=owner.name,
                ),
                span=node.span,
                node=node.id,
            )
        ]
    return []


def _holds_modules(held: object) -> bool:
    items = held if isinstance(held, list | tuple) else held.values() if isinstance(held, dict) else ()
    return any(isinstance(item, torch.nn.Module) for item in items)


def _problem(text: SourceText, owner: str, attribute: str, held: object) -> Problem:
    kind = "dict" if isinstance(held, dict) else type(held).__name__
    better = "nn.ModuleDict" if kind == "dict" else "nn.ModuleList"
    made = next(iter(text.bindings(f"self.{attribute}")), None)
    fixes: list[Fix] = []
    if isinstance(made, ast.Assign):
        fixes = [text.replace(f"Use {better}", made.value, f"{better}({text.of(made.value)})")]
    return Problem.of(
        "hidden-modules",
        say(
            "{owner}.{attribute} is a plain {kind}, so {owner}.parameters() does not find the "
            "parameters of the modules in it: they get gradients, and an optimizer does not change "
            "them. Use {container}.",
            owner=owner,
            attribute=attribute,
            kind=kind,
            container=better,
        ),
        span=text.span(made) if made is not None else None,
        fixes=fixes,
    )
