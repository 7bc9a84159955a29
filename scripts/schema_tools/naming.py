"""How one name is spelt in JSON, in file names and in C++."""

import re

CPP_KEYWORDS = frozenset(
    """alignas alignof and asm auto bitand bitor bool break case catch char class compl concept const consteval
    constexpr constinit continue decltype default delete do double else enum explicit export extern false float for
    friend goto if inline int long mutable namespace new noexcept not nullptr operator or private protected public
    register requires return short signed sizeof static struct switch template this throw true try typedef typeid
    typename union unsigned using virtual void volatile while xor""".split()
)


def snake_case(title):
    """SignUpReply -> sign_up_reply"""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", title).lower()


def pascal_case(name):
    """sign_up_reply -> SignUpReply"""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def cpp_name(name):
    """A field or an enumerator: itself, unless C++ has taken the word."""
    return name + "_" if name in CPP_KEYWORDS else name


def id_type(id_name):
    """person -> PersonId"""
    return pascal_case(id_name) + "Id"
