import random
import unittest

import msgpack

from .messagepack import encode

EDGES = [0, 1, 31, 32, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1]


class MessagePackTest(unittest.TestCase):
    def test_agrees_with_msgpack_on_integers(self):
        for edge in EDGES:
            for value in (edge, -edge, -edge - 1):
                self.assertEqual(encode(value), msgpack.packb(value), value)

    def test_agrees_with_msgpack_on_every_length(self):
        for size in (0, 15, 16, 31, 32, 255, 256, 65535, 65536):
            for value in ("x" * size, b"x" * size, [None] * size, {str(i): i for i in range(size)}):
                self.assertEqual(encode(value), msgpack.packb(value), f"{type(value).__name__} of {size}")

    def test_agrees_with_msgpack_on_random_trees(self):
        chance = random.Random(331083)

        def tree(depth):
            kind = chance.randrange(7 if depth else 5)
            if kind == 5:
                return [tree(depth - 1) for _ in range(chance.randrange(20))]
            if kind == 6:
                return {f"键{i}": tree(depth - 1) for i in range(chance.randrange(20))}
            return (None, chance.random() < 0.5, chance.randrange(-(2**63), 2**64), "工惠", b"\x00\xff")[kind]

        for _ in range(200):
            value = tree(3)
            self.assertEqual(encode(value), msgpack.packb(value))

    def test_refuses_what_has_no_form(self):
        self.assertRaises(OverflowError, encode, 2**64)
        self.assertRaises(TypeError, encode, 1.5)


if __name__ == "__main__":
    unittest.main()
