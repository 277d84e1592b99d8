"""Some hundreds of files that are hardly photos, always the same for one seed."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from lib.demo.drawing import Person, draw_card

# Small and nearly square: a damaged picture that still opens is read, and the reader enlarges its shorter side.
SIZE = (300, 280)
HEIC = Path(__file__).with_name("card.heic").read_bytes()
ENCODERS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "JPEG2000", "AVIF")
Made = Iterator[tuple[str, bytes]]


def malformed(seed: int, damaged: int) -> dict[str, bytes]:
    """Return the files by what is wrong with them; `damaged` of each format are cut off, half as many flipped."""
    chance = random.Random(seed)
    jane = Person(full_name="Jane Miller", email="jane.miller@example.com", company="Northwind")
    card = Image.open(io.BytesIO(draw_card(jane, seed))).resize(SIZE)
    whole = {name: encoded(card, name) for name in ENCODERS} | {"HEIC": HEIC}
    whole["progressive JPEG"] = encoded(card, "JPEG", progressive=True)
    made: dict[str, bytes] = {}
    for name, data in whole.items():
        made |= dict(_damaged(name, data, chance, damaged))
    for kind in (_strangers, _odd_modes, _odd_shapes, _bombs, _odd_notes, _many_pictures):
        made |= dict(kind(card, whole))
    return made


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    picture = io.BytesIO()
    image.save(picture, format, **options)
    return picture.getvalue()


def _damaged(name: str, data: bytes, chance: random.Random, count: int) -> Made:
    for number in range(count):
        # Headers break in more ways than pixels do.
        length = chance.randrange(1, 300 if number % 2 else len(data))
        yield f"{name} cut off at {length}", data[:length]
    # Fewer: of those that still open each is read, and that takes half a second.
    for number in range(count // 2 + 1):
        flipped = bytearray(data)
        reach = 200 if number % 2 else len(data)
        for _ in range(chance.choice((1, 3, 30))):
            flipped[chance.randrange(min(reach, len(data)))] ^= 1 << chance.randrange(8)
        yield f"{name} with bits flipped, {number}", bytes(flipped)


def _strangers(card: Image.Image, whole: dict[str, bytes]) -> Made:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("card.jpg", whole["JPEG"])
    yield "nothing", b""
    yield "one byte", b"\xff"
    yield "a zip archive", archive.getvalue()
    yield "a PDF", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
    yield "a web page", b"<!doctype html><script>alert(1)</script>"
    yield "an SVG", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    yield "a program for Linux", b"\x7fELF\x02\x01\x01" + bytes(500)
    yield "a program for Windows", b"MZ" + bytes(500)
    yield "a script", b"#!/bin/sh\nrm -rf /tmp/nothing\n"
    yield "PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n"
    yield "text", "Jane Miller\njane.miller@example.com\n".encode("utf-16")
    yield "zeros", bytes(100_000)
    yield "noise", random.Random(3).randbytes(100_000)
    for name, data in whole.items():
        yield f"the end of a {name}", data[len(data) // 2 :]
    yield "a JPEG that calls itself PNG", whole["PNG"][:8] + whole["JPEG"]
    yield "a PNG behind a JPEG's first bytes", whole["JPEG"][:20] + whole["PNG"]


def _odd_modes(card: Image.Image, whole: dict[str, bytes]) -> Made:
    grey = np.asarray(card.convert("L"))
    for kind, name in ((np.uint16, "PNG"), (np.uint16, "TIFF"), (np.int32, "TIFF"), (np.float32, "TIFF")):
        yield f"{kind.__name__} {name}", encoded(Image.fromarray(grey.astype(kind) * 100), name)
    yield "not a number", encoded(Image.fromarray(np.full(grey.shape, np.nan, dtype=np.float32)), "TIFF")
    yield "infinite", encoded(Image.fromarray(np.where(grey > 128, np.inf, -np.inf).astype(np.float32)), "TIFF")
    for mode, name in (
        ("CMYK", "JPEG"), ("CMYK", "TIFF"), ("L", "JPEG"), ("1", "PNG"), ("1", "TIFF"), ("LA", "PNG"), ("P", "PNG"),
        ("RGBA", "PNG"), ("RGBA", "WEBP"), ("RGBA", "AVIF"), ("LA", "JPEG2000"), ("YCbCr", "TIFF"), ("LAB", "TIFF"),
    ):  # fmt: skip
        through = card.convert("RGB") if mode == "LAB" else card
        if mode == "LAB":
            lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
            yield "LAB TIFF", encoded(ImageCms.applyTransform(through, lab), "TIFF")
        else:
            yield f"{mode} {name}", encoded(through.convert(mode), name)
    palette = card.quantize(64)
    yield "a palette of transparent colours", encoded(palette, "PNG", transparency=bytes(range(0, 256, 4)))
    yield "a transparent GIF", encoded(palette, "GIF", transparency=0)
    yield "all transparent", encoded(Image.new("RGBA", SIZE, (0, 0, 0, 0)), "PNG")


def _odd_shapes(card: Image.Image, whole: dict[str, bytes]) -> Made:
    for size in ((1, 1), (1, 5000), (5000, 1), (20, 20), (24, 144), (23, 200), (150, 24), (3000, 400), (2, 2)):
        yield f"{size[0]} × {size[1]}", encoded(card.resize(size), "PNG")
    yield "1 × 65,000", encoded(Image.new("L", (1, 65_000)), "JPEG")
    yield "1 × 59,000,000", png(1, 59_000_000)
    yield "59,000,000 × 1", png(59_000_000, 1)


def png(width: int, height: int, *notes: bytes, depth: int = 8, kind: int = 2, rows: bytes = b"") -> bytes:
    """A PNG of this size whose pixels are missing where `rows` are not given."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    parts = (_chunk(b"IHDR", header), *notes, _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _bombs(card: Image.Image, whole: dict[str, bytes]) -> Made:
    packed = zlib.compress(b"A" * 80_000_000, 9)
    rows = (b"\0" + bytes(300)) * 100
    yield "PNG of 400 megapixels", png(20_000, 20_000)
    yield "PNG of no size", png(0, 0)
    yield "PNG of 2 by 2 thousand million", png(2**31 - 1, 2**31 - 1)
    yield "PNG that breaks off at 59 megapixels of 64 bits", png(7_600, 7_700, depth=16, kind=6)
    yield "PNG with packed text", png(100, 100, _chunk(b"zTXt", b"Comment\0\0" + packed), rows=rows)
    yield "PNG with a packed profile", png(100, 100, _chunk(b"iCCP", b"icc\0\0" + packed), rows=rows)
    yield "PNG with packed words", png(100, 100, _chunk(b"iTXt", b"Comment\0\1\0\0\0" + packed), rows=rows)
    yield "PNG with pixels beyond its end", png(100, 100, rows=rows * 2000)
    yield "PNG of a hundred thousand chunks", png(100, 100, _chunk(b"teXt", b"") * 100_000, rows=rows)
    progressive = whole["progressive JPEG"]
    scan = progressive[progressive.rindex(b"\xff\xda") :][:10]
    yield "JPEG of 100,000 scans", progressive[:-2] + scan * 100_000 + b"\xff\xd9"
    yield "JPEG of a million comments", whole["JPEG"][:2] + b"\xff\xfe\0\2" * 1_000_000 + whole["JPEG"][2:]
    for name, at in (("JPEG", whole["JPEG"].index(b"\xff\xc0") + 5), ("BMP", 18), ("GIF", 6)):
        big = struct.pack({"JPEG": ">HH", "BMP": "<ii", "GIF": "<HH"}[name], *(65_000,) * 2)
        yield f"{name} of 4,225 megapixels", whole[name][:at] + big + whole[name][at + len(big) :]
    jp2 = whole["JPEG2000"]
    siz = jp2.index(b"\xff\x51")
    yield "JPEG 2000 of many tiles", jp2[: siz + 22] + struct.pack(">II", 1, 1) + jp2[siz + 30 :]
    yield "JPEG 2000 of a huge canvas", jp2[: siz + 6] + struct.pack(">II", *(2**31 - 1,) * 2) + jp2[siz + 14 :]
    yield "PPM of 3,600 megapixels", b"P6 60000 60000 255\n"
    yield "PPM of one long number", b"P6 " + b"1" * 1_000_000
    yield "HEIC of huge size", HEIC.replace(b"ispe" + bytes(4), b"ispe" + bytes(4) + b"\x7f\xff", 1)
    yield "of 40 MB", whole["JPEG"] + bytes(40_000_000)


def _odd_notes(card: Image.Image, whole: dict[str, bytes]) -> Made:
    tiff = whole["TIFF"]
    (first,) = struct.unpack_from("<I", tiff, 4)
    (tags,) = struct.unpack_from("<H", tiff, first)
    after = first + 2 + 12 * tags
    yield "TIFF whose pages go in circles", tiff[:after] + struct.pack("<I", first) + tiff[after + 4 :]
    yield "TIFF of ten million strips", _tiff((273, 4, 10_000_000, 8), (279, 4, 10_000_000, 8))
    yield "TIFF of a strip of 4 GB", _tiff((273, 4, 1, 8), (278, 4, 1, 2**32 - 1), (279, 4, 1, 2**32 - 1))
    yield "BigTIFF", b"II+\0\x08\0\0\0" + bytes(500)
    circle = b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08"
    for what, exif in {
        "going in circles": circle,
        "huge": b"MM\0*\0\0\0\x08" + bytes(65_000),
        "garbage": b"garbage" * 100,
        "turned by 99": b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0\0\0\0\0",
        "turned by words": b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x04up!\0\0\0\0\0",
    }.items():
        yield f"JPEG with EXIF {what}", encoded(card, "JPEG", exif=b"Exif\0\0" + exif)
        yield f"PNG with EXIF {what}", encoded(card, "PNG", exif=exif)
    for name in ("JPEG", "PNG", "WEBP", "TIFF"):
        yield f"{name} with a broken profile", encoded(card, name, icc_profile=b"no profile" * 500)
    segment = b"\xff\xe1" + struct.pack(">H", 65_535) + b"http://ns.adobe.com/xap/1.0/\0" + b"<" * 65_504
    yield "JPEG with 20 MB of XMP", whole["JPEG"][:2] + segment * 300 + whole["JPEG"][2:]


def _tiff(*tags: tuple[int, int, int, int]) -> bytes:
    tags = ((256, 4, 1, 7000), (257, 4, 1, 7000), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), *tags)
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(1000)


def _many_pictures(card: Image.Image, whole: dict[str, bytes]) -> Made:
    frames = [Image.new("RGB", SIZE, (number % 250, 0, 0)) for number in range(60)]
    for name in ("GIF", "WEBP", "PNG", "TIFF"):
        yield f"{name} of 61 pictures", encoded(card, name, save_all=True, append_images=frames)
    yield "AVIF of 6 pictures", encoded(card, "AVIF", save_all=True, append_images=frames[:5])
