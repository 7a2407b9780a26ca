# SPDX-License-Identifier: MIT
require "minitest/reporters"

Minitest::Reporters.use! Minitest::Reporters::JUnitReporter.new("reports")
