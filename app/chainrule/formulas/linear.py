"""Formulas of matrix products and the rest of linear algebra."""

from chainrule.formulas.language.formula import Formula

_SCALES = {"alpha": 1, "beta": 1}

LINEAR = (
    Formula(
        "MmBackward0",
        "Matrix product",
        "self @ mat2",
        {"self": "grad @ T(mat2)", "mat2": "T(self) @ grad"},
        "The gradient of one factor is the gradient that arrives, multiplied by the other factor transposed.",
    ),
    Formula(
        "BmmBackward0",
        "Batch of matrix products",
        "self @ mat2",
        {"self": "grad @ T(mat2)", "mat2": "T(self) @ grad"},
        "The rule of the matrix product, applied to each matrix of the batch separately.",
    ),
    Formula(
        "AddmmBackward0",
        "Matrix product plus a term (a linear layer)",
        "beta * self + alpha * (mat1 @ mat2)",
        {"self": "beta * grad", "mat1": "alpha * (grad @ T(mat2))", "mat2": "alpha * (T(mat1) @ grad)"},
        "The term (the bias) gets the gradient summed over the rows that it was added to.",
        broadcasts=True,
        defaults=_SCALES,
    ),
    Formula(
        "BaddbmmBackward0",
        "Batch of matrix products plus a term",
        "beta * self + alpha * (batch1 @ batch2)",
        {"self": "beta * grad", "batch1": "alpha * (grad @ T(batch2))", "batch2": "alpha * (T(batch1) @ grad)"},
        broadcasts=True,
        defaults=_SCALES,
    ),
    Formula("MvBackward0", "Matrix times vector", "self @ vec", {"self": "outer(grad, vec)", "vec": "T(self) @ grad"}),
    Formula(
        "AddmvBackward0",
        "Matrix times vector plus a term",
        "beta * self + alpha * (mat @ vec)",
        {"self": "beta * grad", "mat": "alpha * outer(grad, vec)", "vec": "alpha * (T(mat) @ grad)"},
        broadcasts=True,
        defaults=_SCALES,
    ),
    Formula(
        "AddrBackward0",
        "Outer product plus a term",
        "beta * self + alpha * outer(vec1, vec2)",
        {"self": "beta * grad", "vec1": "alpha * (grad @ vec2)", "vec2": "alpha * (T(grad) @ vec1)"},
        broadcasts=True,
        defaults=_SCALES,
    ),
    Formula("DotBackward0", "Inner product", "dot(self, tensor)", {"self": "grad * tensor", "tensor": "grad * self"}),
    Formula(
        "LinalgCrossBackward0",
        "Cross product",
        "cross(self, other, dim)",
        {"self": "cross(other, grad, dim)", "other": "cross(grad, self, dim)"},
    ),
    Formula("LinalgDetBackward0", "Determinant", "determinant(A)", {"A": "grad * (result * T(inverse(A)))"}),
    Formula(
        "LinalgSlogdetBackward0",
        "Logarithm of the determinant",
        "sign(determinant(A))",
        {"A": "grad1 * T(inverse(A))"},
        "The gradient comes from the logarithm; the sign is flat.",
    ),
    Formula(
        "LinalgInvExBackward0",
        "Inverse matrix",
        "inverse(A)",
        {"A": "-(T(inverse(A)) @ grad @ T(inverse(A)))"},
    ),
    Formula(
        "LinalgSolveExBackward0",
        "Solution of a linear system",
        "solve(A, B)",
        {"A": "-outer(solve(T(A), grad), result)", "B": "solve(T(A), grad)"},
    ),
    Formula(
        "LinalgCholeskyExBackward0",
        "Cholesky factor",
        "cholesky(self, upper)",
        {"self": "cholesky_back(grad, result, upper)"},
    ),
)
