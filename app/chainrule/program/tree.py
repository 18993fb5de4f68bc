"""The syntax tree, walked quickly: every program is walked several times before it runs."""

import ast

_LEAVES = frozenset({"ctx", "op", "ops", "id", "attr"})
"""Fields that hold a name, or marks such as ``ast.Load`` and ``ast.Add``, which tell nothing by themselves."""


def children_of(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right beneath one, as ``ast.iter_child_nodes`` does, without marks such as ``ast.Load``.

    >>> [type(child).__name__ for child in children_of(ast.parse("x + 1").body[0].value)]
    ['Name', 'Constant']
    """
    found: list[ast.AST] = []
    for name in node._fields:
        if name in _LEAVES:
            continue
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def depth_of(tree: ast.AST) -> int:
    """Return how many levels there are beneath a node, marks such as ``ast.Load`` not counted.

    >>> depth_of(ast.parse("x"))
    2
    """
    depth, level = -1, [tree]
    while level:
        depth += 1
        level = [child for node in level for child in children_of(node)]
    return depth
