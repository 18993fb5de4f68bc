"""Write static/css/palette.css, the colours of the pages, from app/chainrule/render/palette.py.

The file is committed, so that it is served, cached and packed as every other stylesheet; a test compares the two. Run
``python -m scripts.write_palette`` after a change of the palette.
"""

from chainrule.assets import STATIC
from chainrule.render.theme import page_stylesheet

STYLESHEET = STATIC / "css" / "palette.css"

if __name__ == "__main__":
    STYLESHEET.write_text(page_stylesheet(), encoding="utf-8")
