"""Programs against the operating system, by way of Python's own modules."""

from tests.escape.hostile import programs

FILES = programs(
    "files",
    unconfined=True,
    read="print('ESCAPED', open('@FILE@').read())",
    read_through_io="import io\nprint('ESCAPED', io.open_code('@FILE@').read())",
    read_through_pathlib="import pathlib\nprint('ESCAPED', pathlib.Path('@FILE@').read_text())",
    read_through_os="import os\nprint('ESCAPED', os.read(os.open('@FILE@', 0), 100))",
    read_through_linecache="import linecache\ntext = linecache.getlines('@FILE@')\nif text: print('ESCAPED', text)",
    read_through_numpy="import numpy\nprint('ESCAPED', numpy.fromfile('@FILE@', dtype='u1'))",
    read_through_memmap="import numpy\nprint('ESCAPED', bytes(numpy.memmap('@FILE@', dtype='u1', mode='r')))",
    load_through_numpy="import numpy\nprint('ESCAPED', numpy.loadtxt('@FILE@', dtype=str))",
    read_through_torch="print('ESCAPED', torch.from_file('@FILE@', size=8, dtype=torch.uint8))",
    list_folder="import os\nprint('ESCAPED', os.listdir('@FOLDER@'))",
    glob="import glob\nfound = glob.glob('@FOLDER@/*')\nif found: print('ESCAPED', found)",
    stat="import os\nprint('ESCAPED', os.stat('@FILE@'))",
    write="open('@FOLDER@/new', 'w').write('x')\nprint('ESCAPED')",
    append="open('@FOLDER@/more', 'a').write('x')\nprint('ESCAPED')",
    temporary="import tempfile\nprint('ESCAPED', tempfile.TemporaryFile())",
    make_folder="import os\nos.mkdir('@FOLDER@/folder')\nprint('ESCAPED')",
    save_through_torch="torch.save(torch.ones(3), '@FOLDER@/saved')\nprint('ESCAPED')",
    save_through_numpy="import numpy\nnumpy.save('@FOLDER@/saved.npy', numpy.ones(3))\nprint('ESCAPED')",
    log="import logging\nlogging.FileHandler('@FOLDER@/log')\nprint('ESCAPED')",
    database="import sqlite3\nsqlite3.connect('@FOLDER@/db').execute('create table t (a)')\nprint('ESCAPED')",
    climb="import os\nos.chdir('../../../..')\nprint('ESCAPED', open('etc/passwd').read())",
    own_memory="print('ESCAPED', open('/proc/self/maps').read()[:200])",
    own_exe="import os\nprint('ESCAPED', os.readlink('/proc/self/exe'))",
    devices="print('ESCAPED', open('/dev/urandom', 'rb').read(4))",
    shared_memory_folder="open('/dev/shm/chainrule-escape', 'w').write('x')\nimport os\n"
    "os.unlink('/dev/shm/chainrule-escape')\nprint('ESCAPED')",
)

ENVIRONMENT = programs(
    "environment",
    variable="import os\nif '@SECRET@' in str(dict(os.environ)): print('ESCAPED')",
    parent_environment="print('ESCAPED', open('/proc/@PID@/environ').read())",
    parent_command_line="print('ESCAPED', open('/proc/@PID@/cmdline').read())",
    parent_memory="open('/proc/@PID@/mem', 'rb')\nprint('ESCAPED')",
    c_environment="import ctypes\nlibc = ctypes.CDLL(None)\nlibc.getenv.restype = ctypes.c_char_p\n"
    "if libc.getenv(b'CHAINRULE_CANARY'): print('ESCAPED')",
    inherited_secrets="import gc\nif any('@SECRET@' in s for s in gc.get_objects() if isinstance(s, str)): print('ESCAPED')",
    host_name="import socket\nprint('ESCAPED', open('/etc/hostname').read())",
    users="import pwd\nprint('ESCAPED', pwd.getpwuid(0))",
    time_zone="open('/etc/localtime', 'rb').read()\nprint('ESCAPED')",
    system_description="import os\nprint('ESCAPED', os.uname())",
)

NETWORK = programs(
    "network",
    unconfined=True,
    connect="import socket\nsocket.create_connection(('127.0.0.1', @PORT@), timeout=1)\nprint('ESCAPED')",
    listen="import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen()\nprint('ESCAPED')",
    datagram="import socket\ns = socket.socket(type=socket.SOCK_DGRAM)\ns.sendto(b'x', ('127.0.0.1', @PORT@))\n"
    "print('ESCAPED')",
    abstract_socket="import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('@SOCKET@')\nprint('ESCAPED')",
    url="import urllib.request\nurllib.request.urlopen('http://127.0.0.1:@PORT@/', timeout=0.3)",
    asyncio="import asyncio\nasync def f():\n    await asyncio.open_connection('127.0.0.1', @PORT@)\n    print('ESCAPED')\n"
    "asyncio.run(f())",
)

PROCESSES = programs(
    "process",
    fork="import os\nif os.fork() == 0: os._exit(0)\nprint('ESCAPED')",
    shell="import os\nif os.system('true') == 0: print('ESCAPED')",
    popen="import subprocess\nprint('ESCAPED', subprocess.run(['true']))",
    spawn="import os\nos.posix_spawn('/bin/true', ['true'], {})\nprint('ESCAPED')",
    execute="import os\nos.execv('/bin/echo', ['echo', 'ESCAPED'])",
    thread="import threading\nt = threading.Thread(target=print, args=('ESCAPED',))\nt.start()\nt.join()",
    low_thread="import _thread\n_thread.start_new_thread(print, ('x',))\nprint('ESCAPED')",
    pool="import multiprocessing\nmultiprocessing.Pool(1)\nprint('ESCAPED')",
    torch_threads="torch.set_num_threads(8)\ny = torch.randn(2000, 2000) @ torch.randn(2000, 2000)\nprint(y.shape)",
    fork_bomb="import os\nwhile True:\n    os.fork()",
    terminal="import pty\npty.fork()\nprint('ESCAPED')",
    data_loader="from torch.utils.data import DataLoader\nloader = DataLoader(torch.ones(8))\n"
    "loader.num_workers, loader.prefetch_factor = 2, 2\nfor batch in loader: print('ESCAPED')",
)

SIGNALS = programs(
    "signal",
    kill_parent="import os\nos.kill(os.getppid(), 0)\nprint('ESCAPED')",
    kill_server="import os\nos.kill(@PID@, 0)\nprint('ESCAPED')",
    kill_all="import os\nos.kill(-1, 9)\nprint('ESCAPED')",
    kill_itself="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    raise_signal="import signal\nsignal.raise_signal(signal.SIGTERM)",
    abort="import os\nos.abort()",
    a_signal_without_a_name="import signal\nsignal.raise_signal(40)",
    ignore_everything="import signal\nfor s in (signal.SIGALRM, signal.SIGPROF, signal.SIGTERM, signal.SIGXCPU):\n"
    "    signal.signal(s, signal.SIG_IGN)\nwhile True:\n    pass",
    block_everything="import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True:\n    pass",
    stop_timers="import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nsignal.setitimer(signal.ITIMER_PROF, 0)\n"
    "while True:\n    pass",
    stop_itself="import signal\nsignal.raise_signal(signal.SIGSTOP)",
)

DESCRIPTORS = programs(
    "descriptor",
    write_to_all="import os\nfor n in range(64):\n    try:\n        os.write(n, b'x'*100)\n    except OSError:\n        pass\n"
    "print('ESCAPED' if False else 'done')",
    read_from_all="import os\nfor n in range(3, 64):\n    try:\n        os.lseek(n, 0, 1)\n        os.close(n)\n"
    "    except OSError:\n        pass",
    duplicate="import os\nos.dup2(1, 50)\nprint('ESCAPED')",
    count="import os\nopen_ = []\nfor n in range(256):\n    try:\n        os.lseek(n, 0, 1)\n        open_.append(n)\n"
    "    except OSError as e:\n        if e.errno == 29: open_.append(n)\nif len(open_) > 4: print('ESCAPED', open_)",
    real_output="import sys\nsys.__stdout__.write('x')\nsys.__stderr__.write('y')\nsys.__stdout__.flush()",
)

CODE = programs(
    "executable-memory",
    callback="import ctypes\nf = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 1)\nprint('ESCAPED', f())",
    private_mapping="import mmap\nmmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC,\n"
    "          flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\nprint('ESCAPED')",
    library="import ctypes\nctypes.CDLL('libm.so.6')\nctypes.CDLL('libcrypt.so.1')\nprint('done')",
    jit="@torch.jit.script\ndef f(x: torch.Tensor):\n    return x*2\nprint(f(torch.ones(2)))",
    compile="f = torch.compile(lambda x: x*2)\nprint('ESCAPED', f(torch.ones(2)))",
    extension="from torch.utils.cpp_extension import load_inline\nload_inline('e', ['int f() {return 1;}'])\n"
    "print('ESCAPED')",
)
