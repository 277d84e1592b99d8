"""Who does the work: the queue, the workers, the reader, the model's server."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

from lib.cards import open_reader
from lib.cards.reader import LOCAL, VISION
from lib.chat.talk import OPENAI, model_host
from lib.doctor.case import SQL, Case, Finding, ok, warning, wrong
from lib.words import counted
from lib.workers import SILENCE_S, count_workers_alive

LONG_S = 3600.0
MODEL_LIMIT_S = 5.0
EMAIL = "jane.miller@example.com"
# Text, its top in pixels, the height of its letters.
CARD = (("Jane Miller", 120, 64), ("Head of Sales", 210, 36), ("Northwind Ltd", 400, 44), (EMAIL, 480, 40))


def check_queue(case: Case) -> Iterator[Finding]:
    """Look what waits, and whether anybody takes it."""
    with case.database() as db:
        queue = db.execute(SQL["get_queue"]).one()
        alive = count_workers_alive(db)
    said = f"{queue.waiting} waiting, {queue.in_hand} in hand, {counted(queue.failed, 'photo')} could not be read"
    if queue.waiting and not alive:
        yield wrong(f"{said}, and no worker is alive to take them.", "Start one: make worker, or WORKERS above 0.")
    elif (queue.oldest_s or 0) > LONG_S:
        hours = queue.oldest_s / 3600
        yield warning(
            f"{said}; the oldest has waited for {hours:.1f} hours.", "Look at the workers' log, or start more."
        )
    else:
        yield ok(said)


def check_workers(case: Case) -> Iterator[Finding]:
    """Look who gave a sign of life lately."""
    with case.database() as db:
        alive = count_workers_alive(db)
        silent = db.execute(SQL["count_silent_workers"], {"silence_s": SILENCE_S}).scalar_one()
    if not alive:
        yield warning("No worker is alive: photos wait.", "Start the app with WORKERS above 0, or make worker.")
    else:
        yield ok(f"{alive} alive")
    if silent:
        yield warning(
            f"{silent} ended without a word, or stopped answering.",
            "Their cards are taken up within a minute where another is alive; look at the machine's log and memory.",
        )


def check_reader(case: Case) -> Iterator[Finding]:
    """Read a small drawn card with the settings' engine. Raises EngineUnavailable."""
    settings = case.settings
    name = LOCAL if settings.ocr_engine == VISION else settings.ocr_engine
    if name == "easyocr" and set(settings.ocr_languages) != {"en"} and not (settings.meishi_home / "models").exists():
        yield warning("EasyOCR's models are not downloaded yet.", "It is done by the first card that is read.")
        return
    read = open_reader(settings, name, threads=os.cpu_count() or 1).read(_draw_card())
    found = read.cards[0].fields.get("email")
    if found is not None and found.value == EMAIL:
        yield ok(f"{name} reads a drawn card in {read.seconds:.1f} s")
    else:
        said = found.value if found is not None else "nothing"
        yield wrong(f"{name} read {said} where {EMAIL} stands.", "Install the packages of requirements.txt again.")


def _draw_card() -> bytes:
    image, picture = Image.new("RGB", (1000, 600), "white"), io.BytesIO()
    draw = ImageDraw.Draw(image)
    for text, top, height in CARD:
        draw.text((80, top), text, fill="black", font=ImageFont.load_default(height))
    image.save(picture, "PNG")
    return picture.getvalue()


def check_model(case: Case) -> Iterator[Finding]:
    """Ask the model's server which models it has, which costs nothing."""
    settings = case.settings
    if not settings.has_model:
        if settings.ocr_engine == VISION:
            yield wrong("OCR_ENGINE is vision, and no model is set.", "Set OPENAI_API_KEY or OPENAI_BASE_URL.")
        else:
            yield ok("none set: drafts are merged from the template")
        return
    import httpx2

    host = model_host(settings)
    address = f"{(settings.openai_base_url or OPENAI).rstrip('/')}/models"
    headers = {"Authorization": f"Bearer {settings.openai_api_key or 'none'}"}
    try:
        answer = httpx2.get(address, headers=headers, timeout=MODEL_LIMIT_S)
    except httpx2.HTTPError as error:
        yield wrong(
            f"The model's server {host} cannot be reached ({type(error).__name__}).",
            "Check that it runs and that OPENAI_BASE_URL is right.",
        )
        return
    yield _judge(answer.status_code, answer.text, host, settings.openai_model)


def _judge(status: int, text: str, host: str, model: str) -> Finding:
    """Return what the server's answer means."""
    if status in (401, 403):
        return wrong(f"{host} refuses the key.", "Check OPENAI_API_KEY.")
    if status != 200:
        return warning(
            f"{host} answers, and does not list its models (status {status}).", "Most addresses end in /v1."
        )
    if f'"{model}"' not in text:
        return warning(f"{host} does not list the model {model}.", "Check OPENAI_MODEL.")
    return ok(f"{model} on {host}")
