// SPDX-License-Identifier: MIT
package one

import (
	"os"
	"testing"
)

func ran(t *testing.T, outcome string) {
	f, err := os.OpenFile(os.Getenv("RAN"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0666)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(outcome + " one: " + t.Name() + "\n")
	f.Close()
	if outcome == "fail" {
		t.Error("as it should")
	}
}

func TestAdds(t *testing.T)     { ran(t, "fail") }
func TestAddsMore(t *testing.T) { ran(t, "pass") }
func TestGröße(t *testing.T)    { ran(t, "fail") }

func TestTable(t *testing.T) {
	for name, outcome := range map[string]string{
		"plain":           "pass",
		"with spaces":     "fail",
		"a/b":             "fail",
		"it's \"quoted\"": "fail",
		"[0] (x|y)":       "fail",
		"$HOME ${x}":      "fail",
		"größe":           "fail",
		"a.b*":            "fail",
		"x::y\\z":         "fail",
		"tab\there":       "fail",
		"[a/b]":           "fail",
		"prefix":          "fail",
		"prefix more":     "pass",
	} {
		outcome := outcome
		t.Run(name, func(t *testing.T) { ran(t, outcome) })
	}
}

func TestNested(t *testing.T) {
	t.Run("outer", func(t *testing.T) {
		t.Run("same", func(t *testing.T) { ran(t, "fail") })
		t.Run("other", func(t *testing.T) { ran(t, "pass") })
	})
	t.Run("same", func(t *testing.T) { ran(t, "pass") })
}
