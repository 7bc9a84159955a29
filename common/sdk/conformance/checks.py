"""The checks, in the order of a run. Each is one function that raises Failed; its decorator says what it is called, what
it shows and what to do when it fails, each in Chinese and English. Sections are those of PROTOCOL.md."""

import dataclasses
import typing

CHECKS = []


@dataclasses.dataclass(frozen=True)
class Check:
    name: str
    title: tuple
    advice: tuple
    needs: tuple  # parts of the description
    run: typing.Callable


def check(name, title, advice, needs=()):
    def register(function):
        CHECKS.append(Check(name, title, advice, needs, function))
        return function
    return register
