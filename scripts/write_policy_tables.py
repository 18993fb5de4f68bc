"""Write app/chainrule/program/policy/allowed.py: what of PyTorch and of Python's own library a program may name.

The rules are here; the lists they give are committed, because the web process never imports torch. A test compares
the two. Run ``python -m scripts.write_policy_tables`` after a change of the rules or of the PyTorch version, with the
oldest Python that is supported: a later one has more.
"""

import collections
import importlib
import inspect
import math
import re
import textwrap
import types
import typing
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.distributions
import torch.nn.attention
import torch.nn.utils.prune
import torch.optim.swa_utils
from chainrule.program.policy.denied import DENIED_ATTRIBUTES, DENIED_PATHS
from chainrule.run.standins import STANDINS

TABLES = Path(__file__).resolve().parent.parent / "app" / "chainrule" / "program" / "policy" / "allowed.py"

TORCH_TYPES = """Tensor Size Generator BoolTensor DoubleTensor FloatTensor IntTensor LongTensor ShortTensor
ByteTensor CharTensor HalfTensor BFloat16Tensor Stream OutOfMemoryError""".split()
TORCH_EXTRA = """broadcast_shapes channels_last channels_last_3d contiguous_format preserve_format strided lu
fake_quantize_per_channel_affine fake_quantize_per_tensor_affine jagged pca_lowrank segment_reduce svd_lowrank
set_default_device set_default_dtype set_float32_matmul_precision
set_grad_enabled spmm unique sparse_coo sparse_csr BFloat16Tensor HalfTensor
__version__""".split()
TORCH_INTERNAL = re.compile(
    r"cudnn|miopen|mkldnn|fbgemm|quantize|^quantized|moving_avg|^qu?int|^qscheme|^int_repr|^q_|^sym_|(?<!index)_copy$|^native_|^unsafe_|^bits?\d|^u?int[1-7]$|float4|float8|_jit"
    r"|batch_norm_|autocast_|_autocast|^parse_|^import_|^merge_|^unify_|vulkan|_backward|^is_(vulkan|distributed|storage)$"
    r"|^has_|^(hsmm|hspmm|sspaddmm|saddmm|dsmm|smm|spmm)$|^choose_|^fused_|empty_permuted|^grid_sampler|^affine_grid_gen"
    r"|^get_(deterministic|device_module|float32|num|rng)|^set_(autocast|deterministic|float32|warn|rng|flush)"
    r"|^are_|^is_warn|^is_autocast|^is_anomaly|^conv_tbc$|^convolution$|^slice_inverse$|^hash_tensor$|^fill_?$"
    r"|_cell$|^(gru|lstm|rnn_relu|rnn_tanh|embedding_renorm_|constant_pad_nd|init_num_threads)$"
    r"|^nonzero_static$|sparse_(bs|cs|compressed)|^(cpp|classes|bit|chalf|complex32)$|^norm_except_dim$"
)
MODULES = """torch.nn torch.nn.functional torch.nn.init torch.nn.utils torch.nn.utils.rnn torch.nn.utils.parametrize
torch.nn.utils.parametrizations torch.nn.parameter torch.nn.attention torch.optim
torch.optim.lr_scheduler torch.optim.swa_utils torch.autograd torch.autograd.functional
torch.autograd.graph torch.autograd.forward_ad torch.linalg torch.fft torch.special torch.func torch.distributions
torch.distributions.kl torch.distributions.constraints torch.distributions.transforms torch.amp torch.sparse
torch.testing torch.random torch.nested torch.signal.windows""".split()
FUNCTIONAL_NOISE = """Callable Optional Tensor DType GRID_SAMPLE_INTERPOLATION_MODES GRID_SAMPLE_PADDING_MODES
TYPE_CHECKING ScalingType SwizzleType BroadcastingList1 BroadcastingList2 BroadcastingList3 assert_int_or_pair
boolean_dispatch handle_torch_function has_torch_function has_torch_function_unary has_torch_function_variadic
reproducibility_notes sparse_support_notes tf32_notes scaled_mm scaled_grouped_mm common_notes FileCheck
native_channel_shuffle conv_tbc FileCheck""".split()
CLOSED = {
    "torch.autograd": """Function Variable backward detect_anomaly enable_grad grad gradcheck gradgradcheck
        inference_mode no_grad set_detect_anomaly set_grad_enabled functional graph forward_ad function""",
    "torch.autograd.function": "Function once_differentiable",
    "torch.autograd.forward_ad": "dual_level make_dual unpack_dual",
    "torch.autograd.graph": """Node GradientEdge get_gradient_edge register_multi_grad_hook save_on_cpu
        saved_tensors_hooks""",
    "torch.func": """functional_call grad grad_and_value hessian jacfwd jacrev jvp linearize stack_module_state vjp
        vmap""",
    "torch.utils": "checkpoint data",
    "torch.utils.data": """BatchSampler ChainDataset ConcatDataset DataLoader Dataset IterableDataset RandomSampler
        Sampler SequentialSampler StackDataset Subset SubsetRandomSampler TensorDataset WeightedRandomSampler
        default_collate default_convert get_worker_info random_split""",
    "torch.utils.data.dataset": """ChainDataset ConcatDataset Dataset IterableDataset StackDataset Subset TensorDataset
        random_split""",
    "torch.utils.data.dataloader": "DataLoader default_collate",
    "torch.utils.data.sampler": """BatchSampler RandomSampler Sampler SequentialSampler SubsetRandomSampler
        WeightedRandomSampler""",
    "torch.utils.checkpoint": "checkpoint checkpoint_sequential",
    "torch.nn.utils.prune": """BasePruningMethod CustomFromMask Identity L1Unstructured LnStructured PruningContainer
        RandomStructured RandomUnstructured custom_from_mask global_unstructured identity is_pruned l1_unstructured
        ln_structured random_structured random_unstructured remove""",
    "torch.nn.grad": "conv1d_input conv1d_weight conv2d_input conv2d_weight conv3d_input conv3d_weight",
    "torch.signal": "windows",
    "torch.nn.attention": "SDPBackend sdpa_kernel",
    "torch.nn.parameter": "Parameter Buffer UninitializedParameter UninitializedBuffer",
    "torch.amp": "autocast custom_bwd custom_fwd GradScaler",
    "torch.sparse": "addmm log_softmax mm softmax sum",
    "torch.testing": "assert_close make_tensor",
    "torch.random": "manual_seed fork_rng initial_seed",
    "torch.cuda": """is_available device_count manual_seed manual_seed_all empty_cache synchronize set_device
        current_device get_device_name get_device_properties get_device_capability is_bf16_supported memory_allocated
        max_memory_allocated memory_reserved max_memory_reserved reset_peak_memory_stats
        BFloat16Tensor BoolTensor ByteTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor""",
    "torch.cuda.amp": "GradScaler autocast custom_bwd custom_fwd",
    "torch.amp.grad_scaler": "GradScaler",
    "torch.backends": "cuda cudnn mps",
    "torch.backends.cuda": "is_built matmul",
    "torch.backends.cudnn": "allow_tf32 deterministic benchmark enabled is_available",
    "torch.backends.mps": "is_available is_built",
    "torch.accelerator": "is_available current_accelerator",
    "torch.version": "cuda",
    "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
    "collections.abc": """Callable Collection Container Generator Hashable Iterable Iterator Mapping MutableMapping
        MutableSequence Sequence Set Sized""",
    "contextlib": "ExitStack closing contextmanager nullcontext suppress",
    "copy": "copy deepcopy",
    "dataclasses": "InitVar asdict astuple dataclass field fields is_dataclass replace",
    "enum": "Enum Flag IntEnum IntFlag StrEnum auto unique",
    "abc": "ABC abstractmethod",
    "operator": """abs add and_ contains eq floordiv ge getitem gt iadd imul itemgetter le lt matmul mod mul ne neg not_
        or_ pos pow sub truediv xor""",
    "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
    "heapq": "heapify heappop heappush heappushpop nlargest nsmallest",
    "json": "dumps loads",
    "numbers": "Complex Integral Number Rational Real",
    "pprint": "pformat pp pprint",
    "re": """ASCII DOTALL I IGNORECASE M MULTILINE Match Pattern S VERBOSE X compile escape findall finditer fullmatch
        match search split sub subn""",
    "statistics": "fmean mean median mode pstdev pvariance stdev variance",
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits printable punctuation whitespace",
    "textwrap": "dedent fill indent shorten wrap",
    "types": "SimpleNamespace",
    "unicodedata": "category combining name normalize",
    "warnings": "catch_warnings filterwarnings simplefilter warn",
    "__future__": "absolute_import annotations division generator_stop print_function unicode_literals with_statement",
}
NUMPY_MODULES = """numpy numpy.linalg numpy.fft numpy.random numpy.typing numpy.lib numpy.lib.stride_tricks""".split()
NUMPY_CLOSED = {
    "numpy.typing": "ArrayLike DTypeLike NDArray",
    "numpy.lib": "",
    "numpy.lib.stride_tricks": "sliding_window_view",
}
NUMPY_INTERNAL = re.compile(
    r"^(load|save|mem|from(file|regex|buffer|_dlpack)|gen|get|show|set(buf|errcall)|busday|is_busday|datetime|timedelta)"
    r"|^(test|info|typename|typecodes|sctypeDict|isnat|record|recarray|bmat|matrix|asmatrix|nested_iters|core|BitGenerator)$"
    r"|^(little_endian|mintypecode|frompyfunc|void|flexible|character|float128|complex256)$"
)
NUMPY_OUT_OF_SIGHT = set(
    """byteswap dump dumps getfield setfield ctypes data descr fields types ntypes nargs resolve_dtypes
    isalignedstruct isbuiltin subdtype newbyteorder num char lock capsule cffi""".split()
)
ALLOWED_PRIVATE = "_version _asdict _replace _fields"


def submodules(path: str) -> set[str]:
    """The names directly under a module that are modules a program may go through."""
    every = {*MODULES, *CLOSED, *STANDINS}
    return {other.removeprefix(f"{path}.").split(".")[0] for other in every if other.startswith(f"{path}.")}


def open_names(path: str) -> set[str]:
    """The public names of a module that are no modules themselves and are not denied."""
    module = importlib.import_module(path)
    public = set(getattr(module, "__all__", None) or (name for name in dir(module) if not name.startswith("_")))
    return {
        name
        for name in public
        if hasattr(module, name)
        and not inspect.ismodule(getattr(module, name))
        and name not in FUNCTIONAL_NOISE
        and f"{path}.{name}" not in DENIED_PATHS
    } | submodules(path)


def torch_names() -> set[str]:
    """What follows ``torch.``."""
    public = {
        name
        for name in torch.__all__
        if hasattr(torch, name)
        and not TORCH_INTERNAL.search(name)
        and (not name[0].isupper() or name in TORCH_TYPES)
        and not inspect.ismodule(getattr(torch, name))
    }
    return {name for name in {*public, *TORCH_EXTRA} if f"torch.{name}" not in DENIED_PATHS} | submodules("torch")


def numpy_names(path: str) -> set[str]:
    """What follows the name of a module of NumPy's: no files, no memory, no text that is looked up as a name."""
    if path in NUMPY_CLOSED:
        names = set(NUMPY_CLOSED[path].split())
    else:
        module = importlib.import_module(path)
        names = {
            name
            for name in [*module.__all__, "set_printoptions", "set_state", "get_state"]
            if hasattr(module, name) and not name.startswith("__a") and not inspect.ismodule(getattr(module, name))
        }
        names -= {name for name in names if NUMPY_INTERNAL.search(name) and name not in {"get_state", "set_state"}}
    below = {other.removeprefix(f"{path}.").split(".")[0] for other in NUMPY_MODULES if other.startswith(f"{path}.")}
    return {name for name in names | below if f"{path}.{name}" not in DENIED_PATHS}


def modules() -> dict[str, set[str]]:
    """Every module that a program may import or go through, with the names in it."""
    table = {"torch": torch_names()}
    table |= {path: open_names(path) for path in MODULES if path not in CLOSED}
    table |= {path: set(names.split()) | submodules(path) for path, names in CLOSED.items()}
    table |= {path: numpy_names(path) for path in NUMPY_MODULES}
    table["math"] = {name for name in dir(math) if not name.startswith("_")}
    table["itertools"] = {name for name in dir(importlib.import_module("itertools")) if not name.startswith("_")}
    table["typing"] = set(typing.__all__) - {"get_type_hints", "ForwardRef", "get_overloads", "clear_overloads"}
    return table | {path: set(file.__all__) | submodules(path) for path, file in STANDINS.items()}


def public(kind: type) -> set[str]:
    """The public attributes of a class."""
    return {name for name in dir(kind) if not name.startswith("_")}


@cache
def set_by(base: type) -> frozenset[str]:
    """The public attributes that one class's own methods set on ``self``, or that its body annotates."""
    if not base.__module__.startswith(("torch.nn.", "torch.optim.", "torch.distributions.")):
        return frozenset()
    source = inspect.getsource(base)
    on_self = re.findall(r"self\.([a-z]\w*)\b[^=\n(]*=(?!=)", source)
    return frozenset(on_self + re.findall(r"^    ([a-z]\w*):", source, re.MULTILINE))


def initialised(kind: type) -> set[str]:
    """The public attributes that a class and its bases set on ``self``."""
    return set().union(*(set_by(base) for base in kind.__mro__))


def attributes() -> set[str]:
    """What may follow the dot after a value: methods and attributes of what programs work with."""
    kinds: list[type] = [torch.Tensor, torch.Size, torch.dtype, torch.device, torch.finfo, torch.iinfo, torch.Generator]
    kinds += [torch.nn.Module, torch.nn.Sequential, torch.nn.ModuleList, torch.nn.ModuleDict, torch.nn.ParameterList]
    kinds += [torch.nn.ParameterDict, torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]
    kinds += [torch.autograd.Function, torch.autograd.graph.Node, torch.distributions.Distribution]
    kinds += [torch.distributions.Transform, torch.nn.utils.rnn.PackedSequence, torch.amp.GradScaler]
    kinds += [torch.optim.swa_utils.AveragedModel, torch.optim.swa_utils.SWALR, torch.nn.utils.prune.BasePruningMethod]
    kinds += [torch.distributions.constraints.Constraint]
    kinds += [re.Match, re.Pattern, types.SimpleNamespace]
    kinds += [np.ndarray, np.dtype, np.ufunc, np.random.Generator, np.random.RandomState, np.random.SeedSequence]
    kinds += [str, bytes, list, tuple, dict, set, frozenset, int, float, complex, slice, property, BaseException]
    kinds += [collections.OrderedDict, collections.Counter, collections.deque, collections.defaultdict]
    kinds += [
        kind for name, kind in vars(torch.return_types).items() if not name.startswith("_") and isinstance(kind, type)
    ]
    names = set().union(*map(public, kinds))
    for holder in (torch.nn, torch.optim, torch.optim.lr_scheduler, torch.distributions):
        for name, kind in vars(holder).items():
            if isinstance(kind, type) and not name.startswith("_") and kind.__module__.startswith("torch"):
                names |= public(kind) | initialised(kind)
    for file in STANDINS.values():
        own = [kind for kind in vars(file).values() if isinstance(kind, type) and kind.__module__ == file.__name__]
        for kind in (*own, *getattr(file, "KINDS", ())):
            names |= public(kind) | {name for name in getattr(kind, "__annotations__", ()) if not name.startswith("_")}
    names |= set(
        """remove variable metadata send close throw cache_clear cache_info from_iterable setter getter args
        name value add_note original parametrizations weight_g weight_v func keywords tangent primal type index
        gradient weight_orig weight_u weight_mask bias_orig bias_mask loss output
        n_averaged bit_generator state writeable c_contiguous f_contiguous owndata coef coeffs roots deriv integ order
        multi_index counts inverse_indices pyfunc dataset datasets batch_size sampler batch_sampler drop_last collate_fn
        num_workers tensors cumulative_sizes num_samples replacement allow_tf32 cuda pin_memory""".split()
    )
    names -= NUMPY_OUT_OF_SIGHT - public(torch.Tensor)
    names |= set(ALLOWED_PRIVATE.split())
    return {name for name in names if name.isidentifier() and len(name) < 40} - DENIED_ATTRIBUTES.keys()


def literal(names: set[str]) -> str:
    """A whitespace-separated list in a string literal, wrapped."""
    return "\n".join(textwrap.wrap(" ".join(sorted(names)), 112, break_long_words=False, break_on_hyphens=False))


def text() -> str:
    """The source of ``app/chainrule/program/policy/allowed.py``."""
    parts = [
        '"""What a program may name, as data (written by ``scripts/write_policy_tables.py`` for PyTorch '
        f'{torch.__version__.split("+")[0]})."""\n',
        "MODULES: dict[str, frozenset[str]] = {",
    ]
    for path, names in modules().items():
        body = textwrap.indent(literal(names), "        ")
        parts.append(f'    "{path}": frozenset(\n        """\n{body}\n        """.split()\n    ),')
    parts.append(
        '}\n"""The modules that a program may import or go through, each with the names it may use of it."""\n'
    )
    body = textwrap.indent(literal(attributes()), "    ")
    parts.append(f'ATTRIBUTES: frozenset[str] = frozenset(\n    """\n{body}\n    """.split()\n)')
    parts.append('"""What may follow the dot after a value, besides what the program itself defines."""\n')
    return "\n".join(parts)


if __name__ == "__main__":
    TABLES.write_text(text())
