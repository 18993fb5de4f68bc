"""Indices, classes and conditions that do not fit, explained."""

import ast
import re

import torch

from chainrule.diagnose.exceptions.context import RaiseContext
from chainrule.diagnose.exceptions.number import sides_of
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.diagnose.source import grouped
from chainrule.words.saying import say


def _truth(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "A condition is true or false as a whole, and here it is a tensor with one truth value "
            "for each element. Say whether .any() or .all() of them should count; to choose element "
            "by element, use torch.where."
        ),
        tuple(
            moment.text.replace(
                say("Ask whether {word} element is true", word=word), test, f"({moment.text.of(test)}).{method}()"
            )
            for test in _tests(moment)
            for word, method in (("any", "any"), ("every", "all"))
        ),
    )


def _tests(moment: RaiseContext) -> list[ast.expr]:
    statement = moment.text.enclosing(moment.span, ast.If) or moment.text.enclosing(moment.span, ast.While)
    if isinstance(statement, ast.If | ast.While) and moment.span and statement.test.lineno == moment.span.line:
        return [statement.test]
    return []


def _index(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    index, dimension, size = (int(group) for group in match.groups())
    return Diagnosis(
        say(
            "Dimension {dimension} has size {size}: its elements are numbered from 0 to {last_index} (or "
            "-1 to -{size}, from the end), and {index} was asked for.",
            dimension=dimension,
            size=size,
            last_index=size - 1,
            index=index,
        )
    )


def _class(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    sides = sides_of(moment)
    scores = moment.tensor(sides[0]) if sides else None
    count = scores.shape[1] if scores is not None and scores.ndim > 1 else None
    known = (
        say("there are {count}, numbered from 0 to {last_class}", count=count, last_class=count - 1)
        if count
        else say("classes are numbered from 0")
    )
    return Diagnosis(
        say(
            "The target names class {class_number}, and {classes}. Check for a target that counts from 1.",
            class_number=match[1],
            classes=known,
        )
    )


def _embedding(moment: RaiseContext, match: re.Match[str]) -> Diagnosis | None:
    taken, module = moment.taken, moment.module
    if not isinstance(module, torch.nn.Embedding) or not isinstance(taken, torch.Tensor):
        return None
    low, high = int(taken.min()), int(taken.max())
    worst = high if high >= module.num_embeddings else low
    return Diagnosis(
        say(
            "{name} has {rows} rows, numbered from 0 to {last_row}, and row {row} was asked for.",
            name=moment.name_of(module) or say("The embedding"),
            rows=module.num_embeddings,
            last_row=module.num_embeddings - 1,
            row=worst,
        )
    )


def _indices_type(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    fixes = []
    if isinstance(node, ast.Call) and node.args:
        text = grouped(moment.text.of(node.args[0]), node.args[0])
        fixes = [moment.text.replace(say("Convert to whole numbers"), node.args[0], f"{text}.long()")]
    return Diagnosis(say("An index must be a whole number: convert it with .long()."), tuple(fixes))


def _condition(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    fixes = []
    if first is not None:
        text = grouped(moment.text.of(first), first)
        fixes = [moment.text.replace(say("Compare it with 0"), first, f"{text} != 0")]
    return Diagnosis(
        say(
            "where chooses by truth values, and {name} is {dtype}. Compare it with something.",
            name=moment.label(first, say("the condition")),
            dtype=match[1].lower(),
        ),
        tuple(fixes),
    )


RULES = (
    rule(r"Boolean value of Tensor with more than one value", "truth-of-tensor", _truth),
    rule(r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)", "index-out-of-range", _index),
    rule(r"Target (-?\d+) is out of bounds", "index-out-of-range", _class),
    rule(r"index out of range in self", "index-out-of-range", _embedding),
    rule(r"to have one of the following scalar types: Long, Int", "dtype-mismatch", _indices_type),
    rule(
        r"where expected condition to be a boolean tensor, but got a tensor with dtype (\w+)",
        "dtype-mismatch",
        _condition,
    ),
)
