"""The order of a graph's nodes: as they came up in the forward run."""

from chainrule.tape.graph.vertices import Gathered, Key


def forward_order(gathered: Gathered) -> list[Key]:
    """Order nodes by when they came up; leaves and constants stand before their first use."""
    moments: dict[Key, tuple[int, int, int]] = {}
    for node in gathered.functions:
        moments[node] = (node._sequence_nr(), 0, 0)
    for record in gathered.detached:
        # Between the Node made last before it and the next one.
        moments[record] = (record.sequence - 1, 1, record.index)
    ordered: dict[Key, None] = {}
    for key in sorted(moments, key=moments.__getitem__):
        links = [*gathered.gradient_links.get(key, []), *gathered.value_links.get(key, [])]
        for link in sorted(links, key=lambda link: link.slot):
            if link.target not in moments:
                ordered.setdefault(link.target)
        ordered.setdefault(key)
    for leaf in gathered.leaves:
        ordered.setdefault(leaf)
    return list(ordered)
