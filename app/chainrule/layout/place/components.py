"""The parts of a scene that no line and no frame ties together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chainrule.scene.model import Frame, Scene


def components(scene: Scene) -> tuple[Scene, ...]:
    """Return the connected parts of a scene, in the order of their first boxes; one for a scene that is whole."""
    heads = {box.id: box.id for box in scene.boxes}

    def head(key: str) -> str:
        while heads[key] != key:
            heads[key] = key = heads[heads[key]]
        return key

    for link in scene.links:
        heads[head(link.source)] = head(link.target)
    for frame in scene.frames:
        first, *others = boxes_within(frame) or [""]
        for other in others:
            heads[head(other)] = head(first)
    found: dict[str, Scene] = {}
    boxes: dict[str, list[int]] = {}
    for index, box in enumerate(scene.boxes):
        boxes.setdefault(head(box.id), []).append(index)
    if len(boxes) <= 1:
        return (scene,)
    links: dict[str, list[int]] = {}
    for index, link in enumerate(scene.links):
        links.setdefault(head(link.source), []).append(index)
    frames: dict[str, list[Frame]] = {}
    for frame in scene.frames:
        within = boxes_within(frame)
        if within:
            frames.setdefault(head(within[0]), []).append(frame)
    for key, own in boxes.items():
        found[key] = replace(
            scene,
            boxes=tuple(scene.boxes[index] for index in own),
            links=tuple(scene.links[index] for index in links.get(key, ())),
            frames=tuple(frames.get(key, ())),
        )
    return tuple(found.values())


def boxes_within(frame: Frame) -> list[str]:
    """Return the ids of all boxes in a frame and in those inside it."""
    return [box for inner in _inside([frame]) for box in inner.boxes]


def _inside(frames: Sequence[Frame]) -> Iterator[Frame]:
    waiting = list(frames)
    while waiting:
        frame = waiting.pop()
        yield frame
        waiting.extend(frame.frames)
