# SPDX-License-Identifier: MIT
def ran(example, outcome)
  File.open(ENV["RAN"], "a") do |f|
    f.puts "#{outcome} #{example.file_path} #{example.full_description}"
  end
  raise "as it should" if outcome == "fail"
end

RSpec.describe "math" do
  it("adds") { |e| ran e, "pass" }
  it("adds 1 + 1 (really?)") { |e| ran e, "fail" }
  it("it's \"quoted\"") { |e| ran e, "fail" }
  it("a/b\\c") { |e| ran e, "fail" }
  it("$HOME ${x} [0] {1}") { |e| ran e, "fail" }
  it("größe x::y *") { |e| ran e, "fail" }
  it("prefix") { |e| ran e, "fail" }
  it("prefix and more") { |e| ran e, "pass" }
  context "when nested" do
    it("adds") { |e| ran e, "fail" }
  end
end
