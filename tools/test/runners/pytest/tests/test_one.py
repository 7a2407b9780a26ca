# SPDX-License-Identifier: MIT
import pytest


def test_adds(ran):
    ran("pass")


def test_adds_more(ran):
    ran("fail")


@pytest.mark.parametrize(
    "name",
    ["a b", "it's", 'say "x"', "a/b", "x::y", "[0]", "$HOME", "größe", "a\\b",
     "-k x", "a.b", "tab\there", "*"],
)
def test_names(ran, name):
    ran("fail" if name != "a.b" else "pass")


class TestUser:
    def test_adds(self, ran):
        ran("fail")

    class TestInner:
        def test_adds(self, ran):
            ran("fail")

        def test_other(self, ran):
            ran("pass")


class lowercase:
    pass
