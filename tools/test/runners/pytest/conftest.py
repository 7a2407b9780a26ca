# SPDX-License-Identifier: MIT
import os

import pytest


@pytest.fixture
def ran(request):
    def run(outcome):
        with open(os.environ["RAN"], "a", encoding="utf-8") as f:
            f.write(outcome + " " + request.node.nodeid + "\n")
        assert outcome == "pass"

    return run
