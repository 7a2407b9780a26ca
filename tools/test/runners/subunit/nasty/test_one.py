# SPDX-License-Identifier: MIT
import os
import unittest


class TestOne(unittest.TestCase):
    def ran(self, outcome):
        with open(os.environ["RAN"], "a", encoding="utf-8") as f:
            f.write(outcome + " " + self.id() + "\n")
        self.assertEqual("pass", outcome)

    def test_adds(self):
        self.ran("fail")

    def test_adds_more(self):
        self.ran("pass")

    def test_größe(self):
        self.ran("fail")


def named(outcome):
    return lambda self: self.ran(outcome)


for name, outcome in {
    "a-b": "fail",
    "with spaces": "fail",
    "it's \"quoted\"": "fail",
    "a/b\\c": "fail",
    "x::y": "fail",
    "[0]": "fail",
    "$HOME": "fail",
    "plain": "pass",
}.items():
    setattr(TestOne, "test_" + name, named(outcome))


class TestTwo(unittest.TestCase):
    def test_adds(self):
        pass
