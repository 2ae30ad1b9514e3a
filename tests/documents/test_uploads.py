"""Files that strangers send: refused in plain words, or drawn anew."""

import io
import random
import struct
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image as Picture
from PIL import ImageCms, PngImagePlugin

from documents import uploads
from documents.uploads import UploadRejected, clean_image
from tests.documents.conftest import encoded, png


def opened(clean) -> Picture.Image:
    return Picture.open(io.BytesIO(clean.data))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width: int, height: int) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def many_frames(kind: str, count: int) -> bytes:
    frames = [Picture.new("RGB", (8, 8), (index % 256, index // 256, 0)) for index in range(count)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)


def gps_exif() -> Picture.Exif:
    exif = Picture.Exif()
    exif[0x0110] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return exif


@pytest.mark.parametrize(
    ("kind", "content_type", "extension"),
    [
        ("PNG", "image/png", "png"),
        ("JPEG", "image/jpeg", "jpg"),
        ("WEBP", "image/webp", "webp"),
    ],
)
def test_a_picture_comes_out_as_the_same_kind(kind, content_type, extension):
    clean = clean_image(encoded(Picture.new("RGB", (40, 30), "navy"), kind))
    assert (clean.content_type, clean.extension, clean.width, clean.height) == (
        content_type,
        extension,
        40,
        30,
    )
    assert opened(clean).format == kind
    red, green, blue = opened(clean).convert("RGB").getpixel((20, 15))
    assert red < 8 and green < 8 and abs(blue - 128) < 8


def test_the_same_picture_gives_the_same_bytes():
    assert clean_image(png()).sha256 == clean_image(png()).sha256


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_mode_of_pixels_can_be_cleaned(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    clean = clean_image(encoded(Picture.new(mode, (9, 7)), kind))
    assert (clean.width, clean.height) == (9, 7)


def test_transparency_is_kept():
    clean = clean_image(encoded(Picture.new("RGBA", (4, 4), (255, 0, 0, 100)), "PNG"))
    assert opened(clean).getpixel((0, 0)) == (255, 0, 0, 100)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_place_phone_and_texts_are_dropped(kind):
    data = encoded(Picture.new("RGB", (8, 8)), kind, exif=gps_exif())
    assert b"SecretPhone" in data
    clean = clean_image(data)
    assert b"SecretPhone" not in clean.data
    assert not opened(clean).getexif()
    assert not opened(clean).getexif().get_ifd(0x8825)


def test_png_texts_are_dropped():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Prompt", "secret prompt")
    texts.add_itxt("Note", "secret note")
    clean = clean_image(png(pnginfo=texts))
    assert b"secret" not in clean.data
    assert opened(clean).text == {}


def test_a_picture_is_turned_upright():
    turned = Picture.Exif()
    turned[0x0112] = 6
    data = encoded(Picture.new("RGB", (40, 20)), "JPEG", exif=turned)
    clean = clean_image(data)
    assert (clean.width, clean.height) == opened(clean).size == (20, 40)


def test_a_colour_profile_is_applied_and_dropped():
    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    turned = Picture.Exif()
    turned[0x0112] = 6
    picture = Picture.new("RGB", (40, 20), (10, 200, 30))
    clean = clean_image(encoded(picture, "PNG", icc_profile=lab_like, exif=turned))
    assert "icc_profile" not in opened(clean).info
    assert opened(clean).size == (20, 40)
    assert all(
        abs(got - was) <= 2
        for got, was in zip(opened(clean).getpixel((5, 5)), (10, 200, 30), strict=True)
    )


def test_a_broken_colour_profile_does_not_cost_the_picture():
    assert clean_image(png(icc_profile=b"nonsense" * 40)).width == 8


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04evil", b"<?php evil"])
def test_what_hides_behind_a_picture_is_left_behind(tail):
    for data in (png() + tail, encoded(Picture.new("RGB", (8, 8)), "JPEG", comment=tail) + tail):
        assert tail not in clean_image(data).data


def test_a_phones_two_view_jpeg_gives_its_first_view():
    first, second = Picture.new("RGB", (8, 8), "red"), Picture.new("RGB", (4, 4), "blue")
    data = encoded(first, "MPO", save_all=True, append_images=[second])
    clean = clean_image(data)
    assert (clean.width, clean.content_type) == (8, "image/jpeg")


@pytest.mark.parametrize(
    ("name", "data", "code", "says"),
    [
        ("nothing", b"", "empty", "empty"),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "format", "SVG"),
        ("svg after xml", b"<?xml version='1.0'?>\n<svg/>", "format", "SVG"),
        ("html", b"<!doctype html><script>", "format", "HTML or XML"),
        ("eps", b"%!PS-Adobe-3.0 EPSF-3.0", "format", "EPS"),
        ("gif", encoded(Picture.new("RGB", (8, 8)), "GIF"), "format", "GIF"),
        ("tiff", encoded(Picture.new("RGB", (8, 8)), "TIFF"), "format", "TIFF"),
        ("psd", b"8BPS\x00\x01" + bytes(40), "format", "Photoshop"),
        ("fits", b"SIMPLE  =                    T", "format", "FITS"),
        ("pdf", b"%PDF-1.7", "format", "PDF"),
        ("bmp", encoded(Picture.new("RGB", (8, 8)), "BMP"), "format", "BMP"),
        ("heic", b"\x00\x00\x00\x18ftypheic", "format", "HEIC"),
        ("json", b'{"path": "/etc/passwd"}', "format", "not a picture"),
        ("truncated", png(400, 300)[:-60], "damaged", "damaged or cut off"),
        (
            "truncated jpeg",
            encoded(Picture.effect_noise((99, 99), 9), "JPEG")[:-500],
            "damaged",
            "cut",
        ),
        ("head alone", b"\x89PNG\r\n\x1a\n", "damaged", "damaged"),
        ("bomb", png_that_claims(100_000, 100_000), "too_many_pixels", "40 million"),
        ("bomb by a little", png_that_claims(8_001, 5_000), "too_many_pixels", "40 million"),
        ("long", png_that_claims(16_001, 10), "too_long", "16,001 x 10"),
        ("lie", png_that_claims(6_000, 6_000), "damaged", "damaged"),
        ("webp film", many_frames("WEBP", 2_000), "animated", "2,000 frames"),
        ("png film", many_frames("PNG", 20), "animated", "20 frames"),
    ],
)
def test_a_bad_picture_is_refused_in_plain_words(name, data, code, says):
    with pytest.raises(UploadRejected) as error:
        clean_image(data)
    assert error.value.code == code
    assert says in error.value.message


def test_a_picture_over_25_mb_is_refused_unopened(monkeypatch):
    monkeypatch.setattr(uploads, "SANDBOX", None)
    with pytest.raises(UploadRejected, match=r"26\.0 MB; at most 25\.0 MB"):
        clean_image(b"\x89PNG\r\n\x1a\n" + bytes(25_999_992))


def test_the_largest_picture_allowed_fits_the_limits_of_the_sandbox():
    data = encoded(Picture.new("RGBA", (8_000, 5_000), (1, 2, 3, 4)), "WEBP", method=0)
    assert clean_image(data).width == 8_000


def test_mutated_pictures_are_refused_or_drawn_anew():
    source = random.Random(7)
    seeds = [encoded(Picture.effect_noise((30, 30), 50), kind) for kind in ("PNG", "JPEG", "WEBP")]
    cases = []
    for index in range(45):
        data = bytearray(seeds[index % 3])
        for _ in range(source.randrange(1, 8)):
            data[source.randrange(len(data))] = source.randrange(256)
        cases.append(bytes(data))

    def attempt(data: bytes) -> str:
        try:
            return opened(clean_image(data)).format
        except UploadRejected as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        outcomes = set(pool.map(attempt, cases))
    known = {"PNG", "JPEG", "WEBP", "damaged", "format", "too_many_pixels", "too_long"}
    assert outcomes <= known | {"too_demanding", "animated"}
    assert outcomes & {"PNG", "JPEG", "WEBP"}
    assert "damaged" in outcomes


def test_a_file_that_takes_too_long_is_refused(monkeypatch, tmp_path):
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(uploads, "SANDBOX", slow)
    monkeypatch.setattr(uploads, "WALL_SECONDS", 0.3)
    with pytest.raises(UploadRejected, match="too much memory or time"):
        clean_image(png())


def test_a_file_that_kills_its_process_is_refused(monkeypatch, tmp_path):
    dying = tmp_path / "dying.py"
    dying.write_text("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)")
    monkeypatch.setattr(uploads, "SANDBOX", dying)
    with pytest.raises(UploadRejected) as error:
        clean_image(png())
    assert error.value.code == "too_demanding"


def test_a_fault_of_our_own_is_no_fault_of_the_file(monkeypatch, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("import nothing_of_that_name")
    monkeypatch.setattr(uploads, "SANDBOX", broken)
    with pytest.raises(RuntimeError, match="nothing_of_that_name"):
        clean_image(png())


def test_the_sandbox_sees_none_of_our_secrets(monkeypatch, tmp_path):
    spy = tmp_path / "spy.py"
    spy.write_text("import os, sys; sys.exit(repr(sorted(os.environ)))")
    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setattr(uploads, "SANDBOX", spy)
    with pytest.raises(RuntimeError) as error:
        clean_image(png())
    assert "SECRET_KEY" not in str(error.value)
    assert "DATABASE_URL" not in str(error.value)


def test_the_sandbox_has_limits_of_memory_and_processor_time():
    import subprocess
    import sys

    script = (
        "import runpy, resource, sys, io\n"
        f"main = runpy.run_path({str(uploads.SANDBOX)!r})['main']\n"
        "sys.stdin = type('In', (), {'buffer': io.BytesIO(b'')})\n"
        "main('picture')\n"
        "print(resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU))\n"
        "try: bytearray(2_000_000_000)\n"
        "except MemoryError: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=True)
    assert b"(1500000000, 1500000000) (20, 20)" in done.stdout
    assert b"refused" in done.stdout


def test_a_zip_named_as_a_picture_is_named():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", "b")
    with pytest.raises(UploadRejected, match="ZIP file"):
        clean_image(out.getvalue())


def test_a_picture_is_made_smaller_where_a_side_is_too_long():
    wide = Picture.new("RGB", (400, 100), "navy")
    clean = clean_image(encoded(wide, "PNG"), max_side=200)
    assert (clean.width, clean.height, opened(clean).size) == (200, 50, (200, 50))
    same = clean_image(encoded(wide, "PNG"), max_side=400)
    assert (same.width, same.height) == (400, 100)
