# SPDX-License-Identifier: MIT


def test_adds(ran):
    ran("fail")


def test_prefix(ran):
    ran("fail")


def test_prefix_and_more(ran):
    ran("pass")
