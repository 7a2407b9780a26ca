// SPDX-License-Identifier: MIT
package two

import (
	"os"
	"testing"
)

func ran(t *testing.T, outcome string) {
	f, err := os.OpenFile(os.Getenv("RAN"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0666)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(outcome + " two: " + t.Name() + "\n")
	f.Close()
	if outcome == "fail" {
		t.Error("as it should")
	}
}

func TestAdds(t *testing.T)     { ran(t, "pass") }
func TestAddsMore(t *testing.T) { ran(t, "fail") }
func TestGröße(t *testing.T)    { ran(t, "fail") }
