package price

import "testing"

func cents(euros float64) int { return int(euros*100 + 0.5) }

func TestCents(t *testing.T) {
	for _, c := range []struct {
		euros float64
		cents int
	}{{1, 100}, {0.29, 29}, {19.99, 1999}} {
		if got := cents(c.euros); got != c.cents {
			t.Errorf("%v are %d cents, not %d", c.euros, got, c.cents)
		}
	}
}

// Fails on purpose: rounding is up only.
func TestDebts(t *testing.T) {
	if got := cents(-0.5); got != -50 {
		t.Errorf("a debt of 0.50 is %d cents", got)
	}
}
