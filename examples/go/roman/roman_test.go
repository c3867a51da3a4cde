package roman

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestSmallNumbers(t *testing.T) {
	for number, want := range map[int]string{1: "I", 4: "IV", 9: "IX", 14: "XIV"} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			if got := Write(number); got != want {
				t.Errorf("%d is %s, not %s", number, got, want)
			}
		})
	}
}

func TestZeroIsRefused(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("zero was accepted")
		}
	}()
	Write(0)
}

func TestAgainstAnAbacus(t *testing.T) {
	if os.Getenv("ABACUS") == "" {
		t.Skip("no abacus at hand")
	}
}

func ExampleWrite() {
	fmt.Println(Write(1987))
	// Output: MCMLXXXVII
}

func FuzzNoSignComesFourTimes(f *testing.F) {
	f.Add(3999)
	f.Add(444)
	f.Fuzz(func(t *testing.T, number int) {
		if number < 1 || number > 3999 {
			t.Skip()
		}
		if strings.Contains(Write(number), "IIII") {
			t.Errorf("%d holds IIII", number)
		}
	})
}
