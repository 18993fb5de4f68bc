"""The names that are there without an import: the worker builds a program's namespace from them."""

_TORCH = """
    Tensor tensor as_tensor arange linspace logspace eye zeros ones full empty zeros_like ones_like full_like empty_like
    rand randn randint randperm rand_like randn_like normal bernoulli multinomial manual_seed
    sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp exp2 expm1 log log2 log10 log1p sqrt rsqrt
    square sigmoid relu softmax log_softmax logsumexp erf erfc sign floor ceil frac clamp clip where maximum minimum
    lerp hypot reciprocal neg add sub mul div matmul mm bmm mv dot outer einsum tensordot kron addmm cross inner
    mean std var prod cumsum cumprod norm dist amax amin argmax argmin argsort sort topk median nansum
    cat stack concat chunk hstack vstack meshgrid reshape flatten squeeze unsqueeze transpose permute movedim flip roll
    tile broadcast_to gather scatter index_select masked_select masked_fill take tril triu diag trace det logdet
    inverse isnan isinf isfinite allclose isclose equal no_grad enable_grad set_grad_enabled is_tensor numel
    float16 float32 float64 bfloat16 int32 int64 complex64 complex128
"""

_BUILTINS = """
    abs all any ascii bin bool bytearray bytes callable chr classmethod complex delattr dict divmod enumerate exit
    filter float format frozenset getattr hasattr hash hex id int isinstance issubclass iter len list map max min
    next object oct ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum
    super tuple type zip
    True False None NotImplemented Ellipsis
    SystemExit KeyboardInterrupt
    Exception ArithmeticError AssertionError AttributeError EOFError FloatingPointError ImportError IndexError
    KeyError FileNotFoundError IOError OSError LookupError MemoryError ModuleNotFoundError NameError
    NotImplementedError OverflowError RecursionError RuntimeError StopIteration SyntaxError TypeError
    UnboundLocalError ValueError ZeroDivisionError
    Warning DeprecationWarning FutureWarning RuntimeWarning UserWarning ExceptionGroup
"""

BUILTINS: dict[str, str] = {name: f"builtins.{name}" for name in _BUILTINS.split()}
"""Python's own names, each with its dotted path. A program's ``__builtins__`` holds these, the worker's own
``__import__`` (of `chainrule.program.policy.allowed.MODULES` only) and ``__build_class__``."""

NAMES: dict[str, str] = {
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "optim": "torch.optim",
    "autograd": "torch.autograd",
    "linalg": "torch.linalg",
    "np": "numpy",
    "math": "math",
    "pi": "math.pi",
    "inf": "math.inf",
    "nan": "math.nan",
    "Parameter": "torch.nn.Parameter",
    "Module": "torch.nn.Module",
    "Linear": "torch.nn.Linear",
    "Sequential": "torch.nn.Sequential",
    "Function": "torch.autograd.Function",
    "grad": "torch.autograd.grad",
    "checkpoint": "torch.utils.checkpoint.checkpoint",
    "cross_entropy": "torch.nn.functional.cross_entropy",
    "mse_loss": "torch.nn.functional.mse_loss",
    "one_hot": "torch.nn.functional.one_hot",
    "gelu": "torch.nn.functional.gelu",
    "silu": "torch.nn.functional.silu",
    "softplus": "torch.nn.functional.softplus",
    "leaky_relu": "torch.nn.functional.leaky_relu",
    "dropout": "torch.nn.functional.dropout",
    "layer_norm": "torch.nn.functional.layer_norm",
    **{name: f"torch.{name}" for name in _TORCH.split()},
}
"""Each bare name of a program's namespace with the dotted path of what it means. Inputs come on top of them."""
