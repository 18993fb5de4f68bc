"""Programs that take what they can: memory, time, stack, output; and those that crash."""

from tests.escape.hostile import programs

MEMORY = programs(
    "memory",
    one_tensor="x = torch.zeros(10**12)",
    many_tensors="kept = []\nwhile True:\n    kept.append(torch.ones(10**6))",
    list_="kept = [0]*(10**10)",
    text="text = 'x'*(10**11)",
    doubling="text = 'x'\nwhile True:\n    text += text",
    dictionary="kept = {}\nn = 0\nwhile True:\n    kept[n] = 'x'*1000\n    n += 1",
    integers="n = 1 << (10**12)",
    power="n = 10**(10**10)",
    graph="x = torch.ones(10**5, requires_grad=True)\nwhile True:\n    x = x*1.5",
    broadcast="x = torch.ones(10**6, 1) + torch.ones(1, 10**6)",
    repeat="x = torch.ones(1000).repeat(10**9)",
    format_='print(f"{1:>{10**11}}")',
    generator="kept = list(range(10**11))",
    bytes_="kept = bytearray(10**12)",
    caught="kept = []\nwhile True:\n    try:\n        kept.append('x'*10**7)\n    except MemoryError:\n        pass",
    einsum="x = torch.ones(200, 200)\ny = torch.einsum('ab,cd,ef,gh->abcdefgh', x, x, x, x)",
    outside="import ctypes\nlibc = ctypes.CDLL(None)\nlibc.malloc.restype = ctypes.c_void_p\nn = 0\n"
    "while libc.malloc(10**7):\n    n += 1\nif n > 100: print('ESCAPED', n)",
    limit_removed="import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))\nprint('ESCAPED')",
)

TIME = programs(
    "time",
    loop="while True:\n    pass",
    comprehension="sum(1 for a in range(10**12))",
    matmul="x = torch.randn(600, 600)\nwhile True:\n    x = x @ x / 600",
    one_operation="x = torch.randn(3000, 3000)\ntorch.linalg.svd(x)",
    regular_expression="import re\nre.match('(a+)+$', 'a'*40 + 'b')",
    integers="n = 3**(3**16)\nprint(len(str(n % 10)))",
    decimal="import sys\nsys.set_int_max_str_digits(0)\nprint(len(str(10**(2*10**6))))",
    sleep="import time\ntime.sleep(1000)",
    catching="while True:\n    try:\n        while True:\n            pass\n    except:\n        pass",
    catching_base="while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    finally_="def f():\n    try:\n        while True:\n            pass\n    finally:\n        f()\nf()",
    destructor="class A:\n    def __del__(self):\n        while True:\n            pass\na = A()\ndel a",
    in_backward="class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        return x*1\n"
    "    @staticmethod\n    def backward(ctx, g):\n        while True:\n            pass\n"
    "x = torch.ones(1, requires_grad=True)\nF.apply(x).backward()",
    in_hook="x = torch.ones(1, requires_grad=True)\ndef hook(g):\n    while True:\n        pass\n"
    "x.register_hook(hook)\n(x*2).backward()",
    in_repr="class A:\n    def __repr__(self):\n        while True:\n            pass\na = A()",
    in_str_of_error="class E(Exception):\n    def __str__(self):\n        while True:\n            pass\nraise E",
    sort="class A:\n    def __lt__(self, other):\n        while True:\n            pass\nsorted([A(), A()])",
    timer_removed="import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\n"
    "signal.signal(signal.SIGPROF, lambda *a: None)\nwhile True:\n    pass",
    many_operations="x = torch.ones(1, requires_grad=True)\nwhile True:\n    x = x + 1",
)

RECURSION = programs(
    "recursion",
    function="def f():\n    return f()\nf()",
    mutual="def f():\n    return g()\ndef g():\n    return f()\nf()",
    repr_="a = []\na.append(a)\nfor i in range(10**5):\n    a = [a]\nprint(a)",
    class_="class A:\n    def __getattr__(self, name):\n        return getattr(self, name + 'x')\nA().a",
    limit_raised="import sys\nsys.setrecursionlimit(10**9)\ndef f(n):\n    return f(n + 1)\nf(0)",
    nested_list="a = []\nfor i in range(10**5):\n    a = [a]\ntorch.tensor(a)",
    deep_graph="x = torch.ones(1, requires_grad=True)\ny = x\nfor i in range(5000):\n    y = y*1.0\ny.backward()",
    module="m = nn.Module()\nm.m = m\nprint(m)",
    comparison="a, b = [], []\na.append(b)\nb.append(a)\na == b",
    c_stack="import sys\nsys.setrecursionlimit(10**8)\nclass A:\n    def __repr__(self):\n        return repr([self])\n"
    "print(A())",
)

OUTPUT = programs(
    "output",
    many_figures="import matplotlib.pyplot as plt\nwhile True:\n    plt.figure()\n    plt.plot([1])",
    large_figure="import matplotlib.pyplot as plt\nwhile True:\n    plt.plot(range(10**5), label='x'*10**5)",
    many_lines="while True:\n    print('x')",
    long_line="print('x'*10**7)",
    error_stream="import sys\nwhile True:\n    sys.stderr.write('x'*1000)",
    warnings="import warnings\nfor i in range(10**5):\n    warnings.warn(f'{i}' + 'x'*1000)",
    large_error="raise ValueError('x'*10**7)",
    large_name="x" * 10 + " = torch.ones(1, requires_grad=True)\n" + "y" * 5000 + " = " + "x" * 10 + "*2",
    many_names="for i in range(10**5):\n    globals()[f'n{i}'] = i",
    many_variables="\n".join(f"v{i} = {i}" for i in range(1500)),
    many_nodes="x = torch.ones(1, requires_grad=True)\nfor i in range(3000):\n    x = x + 1\nx.backward()",
    large_values="x = torch.ones(10**6, requires_grad=True)\n(x*2).sum()",
    many_values="x = torch.ones(1000, requires_grad=True)\nfor i in range(500):\n    x = x*1.0\nx.sum()",
    surrogates="print('\\ud800'*100)",
    control_characters="print('\\x00\\x1b[2J\\x07\\x9b')",
    huge_repr="class A:\n    def __repr__(self):\n        return 'x'*10**8\na = A()",
    flood_the_socket="import os\nwhile True:\n    for n in range(3, 20):\n        try:\n            os.write(n, b'A'*65536)\n"
    "        except OSError:\n            pass",
)

CRASHES = programs(
    "crash",
    null="import ctypes\nctypes.string_at(0)",
    write_null="import ctypes\nctypes.memset(0, 1, 1)",
    stack="import ctypes\nctypes.CDLL(None).alloca\nctypes.CDLL(None).abort()",
    as_strided="x = torch.ones(3)\nprint(torch.as_strided(x, (3,), (10**9,)).sum())",
    sparse="i = torch.tensor([[10**6], [10**6]])\n"
    "print(torch.sparse_coo_tensor(i, torch.ones(1), (3, 3), check_invariants=False).to_dense())",
    unsafe_view="x = torch.ones(3)\ntorch._C._set_grad_enabled(True)\ntorch.ops.aten.set_(x, x.untyped_storage(), 10**9, (3,), (1,))\n"
    "print(x)",
    code_object="def f(): pass\nf.__code__ = f.__code__.replace(co_code=b'\\x64\\xff'*100, co_stacksize=1)\nf()",
    marshal="import marshal\nmarshal.loads(b'\\xf2' * 1000)",
    exit_now="import os\nos._exit(0)",
    exit_later="raise SystemExit(3)",
    exit_thread="import _thread\n_thread.exit()",
    empty_kernel="torch.nn.functional.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 0, 0))",
    division="import ctypes\nctypes.CDLL(None).raise_ if False else None\nimport signal\nsignal.raise_signal(signal.SIGFPE)",
    storage_freed="x = torch.ones(1000)\nx.untyped_storage().resize_(0)\nprint(x)",
    embedding="print(torch.nn.functional.embedding(torch.tensor([10**12]), torch.ones(2, 2)))",
    keyboard="raise KeyboardInterrupt",
    generator_exit="raise GeneratorExit",
)
