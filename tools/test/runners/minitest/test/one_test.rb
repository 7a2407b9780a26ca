# SPDX-License-Identifier: MIT
require "minitest/autorun"

class OneTest < Minitest::Test
  def ran(outcome)
    File.open(ENV["RAN"], "a") { |f| f.puts "#{outcome} #{self.class}##{name}" }
    assert_equal "pass", outcome
  end

  def test_adds
    ran "fail"
  end

  def test_adds_more
    ran "pass"
  end

  {
    "with spaces" => "fail",
    "it's \"quoted\"" => "fail",
    "a/b\\c" => "fail",
    "x::y [0] {1} (z|w)" => "fail",
    "$HOME größe *" => "fail",
    "prefix" => "fail",
    "prefix more" => "pass"
  }.each do |name, outcome|
    define_method("test_#{name}") { ran outcome }
  end
end

class OneTestMore < Minitest::Test
  def test_adds
    File.open(ENV["RAN"], "a") { |f| f.puts "pass more" }
  end
end
