"""Formulas of matrix products and the rest of linear algebra."""

from app.graph.formulas.formula import Formula

LINEAR = (
    Formula(
        "MmBackward0",
        "Matrix product",
        "self @ mat2",
        {"self": "grad @ T(mat2)", "mat2": "T(self) @ grad"},
        note="The gradient of one factor is the gradient that arrives, multiplied by the other factor transposed.",
    ),
    Formula(
        "AddmmBackward0",
        "Matrix product plus a term (a linear layer)",
        "beta * self + alpha * (mat1 @ mat2)",
        {
            "self": "beta * grad",
            "mat1": "alpha * (grad @ T(mat2))",
            "mat2": "alpha * (T(mat1) @ grad)",
        },
        broadcasts=True,
        defaults={"alpha": 1, "beta": 1},
    ),
    Formula("MvBackward0", "Matrix times vector", "self @ vec", {"self": "outer(grad, vec)", "vec": "T(self) @ grad"}),
    Formula("DotBackward0", "Inner product", "dot(self, tensor)", {"self": "grad * tensor", "tensor": "grad * self"}),
    Formula(
        "BmmBackward0", "Batch of matrix products", "self @ mat2", {"self": "grad @ T(mat2)", "mat2": "T(self) @ grad"}
    ),
    Formula("TBackward0", "Transposition", "T(self)", {"self": "T(grad)"}),
)
