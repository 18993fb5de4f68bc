"""Why what is not allowed is not allowed: a reason, and where there is one a way around, for each denial.

The check is a courtesy that gives good errors early; what keeps the service safe is the confined process.
"""

from dataclasses import dataclass

from chainrule.words.saying import say


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a name is refused."""

    reason: str
    instead: str | None = None
    """What would stand well in the name's place."""
    among: frozenset[str] = frozenset()
    """Names of which one may have been meant, where nothing certain is known."""


ASYNC = say("async code is not run here: write it without async")
INTERNALS = say("it reaches the interpreter's internals")
METACLASS = say("a metaclass changes how classes are made: leave it out")
NO_FILES_BESIDE = say("there are no files beside the program to import from")
OUT = say("out= writes over a tensor, out of autograd's sight: use the result instead")
PATTERN = say("a pattern cannot take what formats texts: call it")
TYPE = say("type can only be called with one value here: write a class statement to make a class")


def _each(names: str, reason: str, instead: str | None = None) -> dict[str, Denial]:
    return {name: Denial(reason, instead) for name in names.split()}


_FILES = say("programs have no files here")
_NETWORK = say("programs have no network here")
_PROCESSES = say("programs run in one process and one thread here")
_SYSTEM = say("programs have no access to the system here")
_MEMORY = say("it reaches raw memory, past what autograd tracks")
_COMPILE = say("compiled code leaves no autograd graph to look at")
_CPU = say("there is only a CPU here")
_DOTTED = say("name the attribute itself, with a dot")
_REMOVED = say("PyTorch has removed it")
_MOVED = _REMOVED + say(": see torch.linalg")
_DEPRECATED = say("PyTorch has deprecated it")
_QUANTISED = say("quantised tensors have no gradient")
_MEASURES = say("it measures the machine, not the program")
_NOT_HERE = say("it is not here")
_OWN_MACHINE = say("; chainrule view runs a script with all that is installed on your own machine")
_DATA = _NOT_HERE + say(": write some of the data into the program, with torch.tensor") + _OWN_MACHINE
_REST_OF_NUMPY = say("of NumPy there are arrays here, and the functions of numpy, linalg, fft and random")
_TIME = say("the same program must give the same answer every time")

DENIED_NAMES: dict[str, Denial] = {
    **_each("open file", _FILES),
    **_each("eval exec compile __import__ execfile", say("only the program itself is run, not text made by it")),
    **_each("globals locals vars dir __builtins__ __loader__ __spec__ memoryview", INTERNALS),
    **_each("input raw_input", say("nobody can type while a program runs; give the value in the program")),
    **_each("breakpoint", say("there is no debugger here; every step can be seen in the graph")),
    **_each("help license credits copyright", say("see the documentation of PyTorch at docs.pytorch.org")),
    **_each(
        "GeneratorExit BaseException", say("it would catch what ends a program: name the exceptions that you expect")
    ),
    **_each("numpy", say("it is there by the name of np, and after import numpy"), "np"),
    **_each("plt", say("write import matplotlib.pyplot as plt above it")),
    **_each("pd", _DATA),
}
"""Names that a person may well try, and why they are not there."""

DENIED_MODULES: dict[str, Denial] = {
    **_each("seaborn plotly graphviz torchviz", say("the picture of the graph is drawn for you")),
    **_each("pandas sklearn scipy PIL cv2 imageio nltk spacy", _DATA),
    **_each(
        "torchvision.models transformers timm torchtext.models torch_geometric diffusers peft",
        _NOT_HERE + say(": paste the class of the model, made of torch.nn, with smaller sizes") + _OWN_MACHINE,
    ),
    **_each(
        "torchvision torchaudio torchtext datasets",
        _NOT_HERE
        + say(", and no data with it: take torch.randn and torch.randint in the shapes of the data")
        + _OWN_MACHINE,
    ),
    **_each(
        "pytorch_lightning lightning ignite fastai accelerate",
        _NOT_HERE + say(": paste the module and the loop that trains it") + _OWN_MACHINE,
    ),
    **_each(
        "wandb tensorboard tensorboardX mlflow comet_ml", say("nothing is logged elsewhere: print what you want to see")
    ),
    **_each("tensorflow jax keras", say("graphs of PyTorch are shown here")),
    **_each("pathlib shutil glob tempfile io pickle csv importlib inspect builtins platform", _SYSTEM),
    **_each("ctypes gc mmap cffi marshal struct code codeop dis ast", _SYSTEM),
    **_each("socket urllib requests http httpx aiohttp ssl", _NETWORK),
    **_each("subprocess multiprocessing threading asyncio concurrent signal resource", _PROCESSES),
    **_each("datetime secrets uuid", _TIME),
    **_each("torch.utils", _FILES),
    **_each("torch._dynamo torch.onnx", _COMPILE),
    **_each("torch.cuda", _CPU),
}
"""Modules that a person may well try beside those of `DENIED_PATHS`, and why they are not there; the longest prefix
counts."""

DENIED_PATHS: dict[str, Denial] = {
    **_each("torch.save torch.load torch.hub torch.package torch.serialization torch.from_file", _FILES),
    **_each("torch.os torch.sys torch.builtins torch.importlib torch.inspect torch.glob torch.ctypes", _SYSTEM),
    **_each("torch.platform torch.types torch.textwrap torch.functools torch.warnings torch.threading", _SYSTEM),
    **_each(
        "torch.multiprocessing torch.distributed torch.futures torch.fork torch.wait",
        _PROCESSES,
    ),
    **_each(
        "torch.set_num_threads torch.set_num_interop_threads torch.get_num_threads torch.get_num_interop_threads",
        _PROCESSES,
    ),
    **_each("torch.compile torch.jit torch.fx torch.compiler torch.export torch.cond torch.while_loop", _COMPILE),
    **_each(
        "torch.ops torch.library torch.overrides torch.classes torch.cpp torch._C torch.storage torch.masked",
        INTERNALS,
    ),
    **_each(
        "torch.as_strided torch.as_strided_ torch.as_strided_copy torch.as_strided_scatter",
        _MEMORY + say("; index or reshape instead"),
    ),
    **_each("torch.empty_strided torch.frombuffer torch.from_dlpack torch.to_dlpack torch.asarray", _MEMORY, "tensor"),
    **_each("torch.resize_as_ torch.resize_as_sparse_ torch.UntypedStorage torch.TypedStorage", _MEMORY),
    **_each(
        "torch.seed torch.default_generator torch.thread_safe_generator",
        _TIME + say(": use torch.manual_seed"),
        "manual_seed",
    ),
    **_each("torch.set_default_tensor_type", _CPU),
    **_each("torch.vulkan torch.mps torch.xpu torch.mtia", _CPU),
    **_each("torch.quantization torch.ao", _QUANTISED),
    **_each("torch.profiler torch.monitor", _MEASURES),
    **_each("torch.typename torch.Stream torch.Event", INTERNALS),
    **_each("torch.range", _DEPRECATED, "arange"),
    **_each("torch.symeig torch.eig", _REMOVED, "linalg.eigh"),
    **_each("torch.solve torch.lstsq torch.matrix_rank", _MOVED),
    **_each("torch.nn.DataParallel torch.nn.SyncBatchNorm torch.nn.parallel", _PROCESSES),
    **_each("torch.nn.factory_kwargs torch.nn.Container torch.nn.NLLLoss2d", INTERNALS),
    **_each("torch.nn.functional.np torch.nn.functional.importlib torch.nn.functional.warnings", _SYSTEM),
    **_each("torch.utils.data.distributed torch.utils.data.DistributedSampler", _PROCESSES),
    **_each("torch.optim.swap_in_optimizer_params_and_state", INTERNALS),
    **_each("torch.autograd.profiler", _MEASURES),
    **_each("torch.autograd.set_multithreading_enabled", _PROCESSES),
    **_each("random.SystemRandom", _TIME),
    **_each("os.makedirs os.mkdir os.listdir os.remove os.walk os.scandir os.rename os.getcwd os.chdir", _FILES),
    **_each("os.path.getsize os.path.getmtime logging.FileHandler logging.handlers argparse.FileType", _FILES),
    **_each("os.system os.popen os.name os.uname os.getpid os.kill os.fork os.execv os.urandom", _SYSTEM),
    **_each("sys.stdin sys.modules sys.executable sys.meta_path sys.gettrace sys.settrace", _SYSTEM),
    **_each("operator.attrgetter operator.methodcaller", _DOTTED),
    **_each("typing.get_type_hints", say("it evaluates text")),
    **_each(
        """numpy.load numpy.loadtxt numpy.save numpy.savetxt numpy.savez numpy.savez_compressed numpy.genfromtxt
        numpy.fromfile numpy.fromregex numpy.memmap numpy.DataSource numpy.lib.npyio numpy.lib.format""",
        _FILES,
    ),
    **_each(
        "numpy.ctypeslib numpy.f2py numpy.distutils numpy.get_include numpy.show_config numpy.show_runtime", _SYSTEM
    ),
    **_each(
        "numpy.frombuffer numpy.from_dlpack numpy.lib.stride_tricks.as_strided numpy.setbufsize numpy.getbufsize",
        _MEMORY,
    ),
    **_each("numpy.core numpy.test numpy.lib.introspect numpy.lib.mixins numpy.exceptions", INTERNALS),
    **_each("numpy.bmat numpy.matrix numpy.asmatrix", say("NumPy has left matrices behind"), "array"),
    **_each("numpy.datetime64 numpy.timedelta64 numpy.datetime_as_string", _TIME),
    **_each("numpy.testing", say("compare with np.allclose"), "allclose"),
    **_each("numpy.ma numpy.rec numpy.char numpy.strings numpy.emath numpy.dtypes numpy.polynomial", _REST_OF_NUMPY),
}
"""Names under allowed modules, and why they are not there."""

DENIED_ATTRIBUTES: dict[str, Denial] = {
    **_each(
        "data_ptr const_data_ptr storage untyped_storage storage_type typed_storage set_ as_strided as_strided_",
        _MEMORY,
    ),
    **_each(
        "as_strided_scatter resize resize_ resize_as resize_as_ sparse_resize_ sparse_resize_and_clear_",
        _MEMORY + say("; use reshape or index"),
    ),
    **_each("new_empty_strided module_load as_subclass record_stream reinforce volatile is_set_to", _MEMORY),
    **_each(
        "apply_ map_ map2_",
        say("it runs Python on every element, out of autograd's sight: use operators on the whole tensor"),
    ),
    **_each("share_memory share_memory_", _PROCESSES),
    **_each("ipu xpu mtia to_mkldnn to_empty", _CPU + say(": leave it out")),
    **_each("symeig eig solve lstsq", _MOVED),
    **_each("compile", _COMPILE),
    **_each(
        "gi_frame gi_code cr_frame cr_code ag_frame f_globals f_locals f_builtins f_back f_code tb_frame tb_next",
        INTERNALS,
    ),
    **_each("co_code co_consts func_globals mro with_traceback _module arg_constraints", INTERNALS),
    **_each(
        "os sys importlib builtins ctypes inspect glob subprocess multiprocessing threading pickle socket np", _SYSTEM
    ),
    **_each("tofile dump dumps fromfile memmap save_to_file", _FILES),
    **_each(
        "q_scale q_zero_point q_per_channel_scales q_per_channel_zero_points q_per_channel_axis int_repr qscheme",
        _QUANTISED,
    ),
    **_each("dump_patches T_destination call_super_init", INTERNALS),
}
"""Attributes that are refused on any value, also where the program defines the same name."""
