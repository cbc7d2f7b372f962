"""Pictures of the manual, from the real output of the commands on the invented unit.

`make pictures` runs it. It needs Chromium; nothing else of the product does.
The pictures change only when the look or the demo does.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from palette import reduce_colours

HERE = Path(__file__).resolve().parent
LIVEDO = [sys.executable, "-m", "livedo"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COLUMNS = 100
LARGEST = 300_000
"""Bytes of one picture."""

# The eight basic colours and the two weights, as a quiet dark terminal shows them.
COLOURS = {"31": "#ff9a90", "32": "#92d0a0", "33": "#e3b85f", "34": "#93c3ec", "35": "#cfb0ee",
           "36": "#84cdc2"}  # fmt: skip
PAGE = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #14171a; color: #e9e7e2; }
pre { margin: 0; padding: 18px 22px; font: 13px/1.42 "DejaVu Sans Mono", monospace; }
b { font-weight: 700; } .q { opacity: .68; }
</style><pre>"""


def main() -> None:
    """Every picture of the manual."""
    with tempfile.TemporaryDirectory() as folder:
        unit = Path(folder)
        livedo(unit, "demo", "--into", "unit")
        screen = livedo(unit, "screen", "unit/record")
        terminal_picture(unit, "worklist", "livedo screen record/", first_groups(screen))
        person = most_urgent(screen)
        patient = livedo(unit, "patient", "unit/record", person)
        shown = first_parts(patient, 90)
        terminal_picture(unit, "patient", f"livedo patient record/ {person}", shown)
        replay = livedo(unit, "replay", "unit/record", "case-penile")
        shown = first_parts(replay, 40)
        terminal_picture(unit, "replay", "livedo replay record/ case-penile", shown)
        page = unit / "unit" / "report.html"
        page_picture(page, "report", 1440, 1400)
        page_picture(page, "report-dark", 1440, 1400, dark=True)
        one = unit / "one.html"
        livedo(unit, "patient", "unit/record", person, "--format", "html", "-o", str(one))
        page_picture(one, "patient-page", 1200, 1500)
        danish = unit / "danish.html"
        danish_words = ("--lang", "da", "--format", "html", "-o", str(danish))
        livedo(unit, "patient", "unit/record", person, *danish_words)
        page_picture(danish, "patient-page-dark", 1200, 1500, dark=True)
        printed_picture(one, "patient-page-print")
        listed, round_page = service_pages(unit)
        page_picture(listed, "service-worklist", 1440, 1120)
        page_picture(round_page, "skin-round", 1180, 1240)


def service_pages(unit: Path) -> tuple[Path, Path]:
    """The worklist, and the skin round of somebody with a lesion, as the service sends them."""
    from fastapi.testclient import TestClient

    from livedo.surfaces.options import Reader
    from livedo.surfaces.web.serving import demo_application
    from livedo.surfaces.web.styles import assets

    reader = Reader(lang="en", units="si", color="never")
    app = demo_application(unit / "unit" / "record", reader, processes=1)
    with TestClient(app, base_url="http://127.0.0.1") as browser:
        early = browser.get("/worklist.json?group=2").json()["patients"]
        ill = [one for one in early if one["state"] == "lesion"]
        link = f"{ill[0]['link']}/round"
        examined = browser.get(f"{link}?region=thigh-left").text
        listed = browser.get("/worklist").text
    style = assets()["style-light.css"].content.decode()
    pages = (unit / "listed.html", unit / "round.html")
    for page, text in zip(pages, (listed, examined), strict=True):
        page.write_text(text.replace("</head>", f"<style>{style}</style></head>"), encoding="utf-8")
    return pages


def livedo(folder: Path, *arguments: str) -> str:
    """What a command prints, in colour, in a folder of its own."""
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "LIVEDO_COLOR": "always"}
    environment["PYTHONPATH"] = str(HERE.parents[1])
    done = subprocess.run(
        [*LIVEDO, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def plain(text: str) -> str:
    """The text without colour."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def first_groups(screen: str, groups: int = 3) -> str:
    """The head and the first groups of a worklist, whole."""
    parts = screen.split("\n\n")
    return "\n\n".join(parts[: 2 + groups])


def first_parts(output: str, lines: int) -> str:
    """The first parts of an output, whole, and at most so many lines."""
    kept: list[str] = []
    for part in output.split("\n\n"):
        if kept and sum(one.count("\n") + 2 for one in [*kept, part]) > lines:
            break
        kept.append(part)
    return "\n\n".join(kept)


def most_urgent(screen: str) -> str:
    """The first person of the worklist."""
    found = re.search(r"^[!■●◉]\s+(\S+)", plain(screen), re.M)
    if found is None:
        raise SystemExit("Nobody on the worklist has a lesion: look at the demo first.")
    return found[1]


def terminal_picture(folder: Path, name: str, command: str, output: str) -> None:
    """Output of a command as it looks on a dark terminal."""
    shown = f"\x1b[2m$\x1b[0m {command}\n{output.rstrip()}\n"
    page = folder / f"{name}.html"
    page.write_text(PAGE + as_html(shown) + "</pre>", encoding="utf-8")
    height = round(36 + 13 * 1.42 * (shown.count("\n") + 0.5))
    photograph(page, HERE / f"{name}.png", 44 + round(COLUMNS * 7.83), height, scale=1.25)


def as_html(text: str) -> str:
    """Colour codes as tags."""
    parts = re.split(r"\x1b\[([0-9;]*)m", text)
    made = [html.escape(parts[0])]
    for codes, words in zip(parts[1::2], parts[2::2], strict=True):
        made.append(span(codes.split(";"), html.escape(words)))
    return "".join(made)


def span(codes: list[str], words: str) -> str:
    """Words in the colour and the weight of their codes."""
    if not words or codes in ([""], ["0"]):
        return words
    colour = next((COLOURS[code] for code in codes if code in COLOURS), "")
    style = f' style="color:{colour}"' if colour else ""
    quiet = ' class="q"' if "2" in codes else ""
    tag = "b" if "1" in codes else "span"
    return f"<{tag}{quiet}{style}>{words}</{tag}>"


def page_picture(page: Path, name: str, width: int, height: int, *, dark: bool = False) -> None:
    """The top of an HTML page."""
    photograph(page, HERE / f"{name}.png", width, height, dark=dark)


def printed_picture(page: Path, name: str) -> None:
    """The first sheet of paper of a page. It needs pdftoppm beside the browser."""
    with tempfile.TemporaryDirectory() as folder:
        paper = Path(folder) / "paper.pdf"
        browse(page, "--no-pdf-header-footer", f"--print-to-pdf={paper}")
        to = HERE / name
        options = ["-png", "-r", "90", "-f", "1", "-l", "1", "-singlefile"]
        subprocess.run(["pdftoppm", *options, str(paper), str(to)], check=True)
    weigh(to.with_suffix(".png"))


def photograph(
    page: Path, picture: Path, width: int, height: int, *, scale: float = 1, dark: bool = False
) -> None:
    """A page in a browser without a window, of a fixed size."""
    options = [
        "--hide-scrollbars",
        "--disable-lcd-text",
        f"--window-size={width},{height}",
        f"--force-device-scale-factor={scale}",
        f"--screenshot={picture}",
    ]
    if dark:
        options.append("--blink-settings=preferredColorScheme=0")
    browse(page, *options)
    weigh(picture)


def browse(page: Path, *options: str) -> None:
    """The browser, once, with a profile of its own."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise SystemExit("Chromium is needed for the pictures: apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile:
        always = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        subprocess.run([browser, *always, *options, page.as_uri()], capture_output=True, check=True)


def weigh(picture: Path) -> None:
    """Fewer colours, and an end where it is still too large."""
    reduce_colours(picture)
    size = picture.stat().st_size
    print(f"{picture.name}: {size:,} bytes")
    if size > LARGEST:
        raise SystemExit(f"{picture.name} is larger than {LARGEST:,} bytes")


if __name__ == "__main__":
    main()
