"""What the site takes from elsewhere in the checkout: pages beside docs/, the fonts, the palette of the pictures."""

from pathlib import Path
from typing import Any

from chainrule.assets import STATIC
from chainrule.render.palette import PICTURE
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
BESIDE = {"SECURITY.md": "security.md", "CHANGELOG.md": "changelog.md", "compose.yaml": "compose.yaml"}
"""Files at the top of the checkout, and where the site has them."""
FONTS = ("JetBrainsMonoNL-Regular.woff2", "JetBrainsMonoNL-Bold.woff2", "OFL.txt")


def on_files(files: Files, config: Any) -> Files:
    """Add what stands beside docs/."""
    for source, target in BESIDE.items():
        files.append(File.generated(config, target, abs_src_path=str(ROOT / source)))
    for font in FONTS:
        files.append(File.generated(config, f"fonts/{font}", abs_src_path=str(STATIC / "fonts" / font)))
    files.append(File.generated(config, "icon.svg", abs_src_path=str(STATIC / "icon.svg")))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Lead links that are right in the checkout to where the site has the same."""
    for source, target in BESIDE.items():
        markdown = markdown.replace(f"](../{source}", f"]({target}").replace(f"]({source}", f"]({target}")
    return markdown.replace("](docs/", "](")


def on_env(env: Any, **_: Any) -> Any:
    """Give the theme the colours of the pictures."""
    env.globals["palette"] = {
        theme: ";".join(f"--{role}:{tones.on(theme)}" for role, tones in PICTURE.items())
        for theme in ("light", "dark", "print")
    }
    return env
