"""Tells by its bytes what a file is and refuses everything but readable PDF, OFD, JPEG and PNG; believes no file name."""

from __future__ import annotations

import io
import warnings
import zipfile

from PIL import Image, UnidentifiedImageError

from engine.errors import ValidationFailed

ACCEPTED = {"application/pdf": ("pdf",), "image/jpeg": ("jpg", "jpeg"), "image/png": ("png",), "application/ofd": ("ofd",)}
MAX_PIXELS = 80_000_000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024


def media_type_of(data: bytes, name: str) -> str:
    """The media type by content. Raises ValidationFailed (reason: empty, type, mismatch, password, damaged)."""
    if not data:
        raise ValidationFailed(f"“{name}”是空文件，请重新选择", reason="empty")
    if data.startswith(b"%PDF-"):
        found = "application/pdf"
        _check_pdf(data, name)
    elif data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        found = "image/jpeg" if data[0] == 0xFF else "image/png"
        _check_image(data, name)
    elif data.startswith(b"PK\x03\x04") and _is_ofd(data):
        found = "application/ofd"
    else:
        raise ValidationFailed(f"“{name}”不是 PDF、OFD、JPG 或 PNG 文件，请转换后上传", reason="type")
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix not in ACCEPTED[found]:
        right = ACCEPTED[found][0].upper()
        raise ValidationFailed(f"“{name}”的扩展名与内容不符（内容是 {right}），请改正文件名后上传", reason="mismatch")
    return found


def _check_pdf(data: bytes, name: str) -> None:
    tail = data[-4096:]
    if b"%%EOF" not in tail:
        raise ValidationFailed(f"“{name}”不完整，可能没有传完，请重新上传", reason="damaged")
    if b"/Encrypt" in data:
        raise ValidationFailed(f"“{name}”设有密码，请去除密码后上传", reason="password")


def _is_ofd(data: bytes) -> bool:
    """A zip with OFD.xml (GB/T 33190) that does not blow up when it is opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename.lower() for info in archive.infolist()}
            room = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError):
        return False
    return "ofd.xml" in names and room < MAX_UNPACKED_BYTES


def _check_image(data: bytes, name: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise ValidationFailed(f"“{name}”的像素过大（{width}×{height}），请缩小后上传", reason="size")
                image.verify()
    except Image.DecompressionBombError as error:
        raise ValidationFailed(f"“{name}”的像素过大，请缩小后上传", reason="size") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ValidationFailed(f"“{name}”已损坏，无法打开，请重新上传", reason="damaged") from error
