"""Where a program asked for backward."""

import ast

from app.worker.diagnose.moment import Moment
from app.worker.diagnose.text import called


def start_of(moment: Moment) -> tuple[ast.Call | None, ast.expr | None]:
    """The call that asked for backward, and the tensor it starts from."""
    node = moment.node
    if not isinstance(node, ast.Call):
        node = next(moment.text.calls(moment.span, "backward", "grad"), None)
    if node is None:
        return None, None
    if isinstance(node.func, ast.Attribute) and called(node) == "backward" and not is_autograd(node.func.value):
        return node, node.func.value
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Tuple | ast.List) and len(first.elts) == 1:
        first = first.elts[0]
    return node, first


def is_autograd(node: ast.AST) -> bool:
    """Tell whether an expression is the module torch.autograd."""
    return ast.unparse(node) in ("torch.autograd", "autograd")
