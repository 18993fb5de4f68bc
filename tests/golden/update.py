"""Write the golden pictures of the examples again (``make golden``), after looking at them."""

from chainrule.layout import make_engine

from tests.golden.examples import FOLDER, NAMES, picture_of


def main() -> None:
    engine = make_engine()
    for old in FOLDER.glob("*.svg"):
        if old.stem not in NAMES:
            old.unlink()
            print("removed", old.name)
    for name in NAMES:
        path, content = FOLDER / f"{name}.svg", picture_of(name, engine)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            print("wrote", path.name)


if __name__ == "__main__":
    main()
