"""A small MessagePack encoder that shares nothing with the C++ codec, so that golden bytes are a second opinion.
Always the shortest form; dicts in their own order."""

import struct


def encode(value):
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, str):
        raw = value.encode("utf-8")
        return _head(len(raw), (0xA0, 32), 0xD9, 0xDA, 0xDB) + raw
    if isinstance(value, bytes):
        return _head(len(value), None, 0xC4, 0xC5, 0xC6) + value
    if isinstance(value, list):
        return _head(len(value), (0x90, 16), None, 0xDC, 0xDD) + b"".join(map(encode, value))
    if isinstance(value, dict):
        entries = b"".join(encode(key) + encode(one) for key, one in value.items())
        return _head(len(value), (0x80, 16), None, 0xDE, 0xDF) + entries
    raise TypeError(f"no MessagePack for {type(value).__name__}")


def _integer(value):
    if 0 <= value < 128 or -32 <= value < 0:
        return struct.pack(">b" if value < 0 else ">B", value)
    forms = (
        ((0xCC, ">B", 1 << 8), (0xCD, ">H", 1 << 16), (0xCE, ">I", 1 << 32), (0xCF, ">Q", 1 << 64))
        if value >= 0
        else ((0xD0, ">b", 1 << 7), (0xD1, ">h", 1 << 15), (0xD2, ">i", 1 << 31), (0xD3, ">q", 1 << 63))
    )
    for tag, form, end in forms:
        if value < end and -value <= end:
            return bytes([tag]) + struct.pack(form, value)
    raise OverflowError(f"{value} needs more than 64 bits")


def _head(size, fixed, one_byte, two_bytes, four_bytes):
    if fixed is not None and size < fixed[1]:
        return bytes([fixed[0] | size])
    if one_byte is not None and size < 1 << 8:
        return struct.pack(">BB", one_byte, size)
    if size < 1 << 16:
        return struct.pack(">BH", two_bytes, size)
    return struct.pack(">BI", four_bytes, size)
