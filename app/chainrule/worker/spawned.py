"""A worker without a zygote: warms itself up, confines itself as far as the machine can, executes one program."""

import os

from chainrule.protocol.frames import BROKEN, SetupOrder
from chainrule.worker.channel import Channel
from chainrule.worker.confine import Confinement, confine, empty_folder
from chainrule.worker.serve import serve_one
from chainrule.worker.warmup import warm_up


def serve_once(descriptor: int) -> int:
    """Serve one request on a socket; the order comes first, as a line of JSON."""
    channel = Channel(descriptor)
    try:
        order = SetupOrder.model_validate_json(channel.receive_line())
        warm_up(order.read_limits())
        place = Confinement(descriptor, os.getppid(), os.getpid(), empty_folder(), os.open(os.devnull, os.O_RDWR))
        layers = confine(order, place)
        serve_one(channel, layers, order.read_limits())
    except Exception as error:  # there is no one above to tell
        channel.send(BROKEN, f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:1000])
        return 1
    return 0
