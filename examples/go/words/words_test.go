package words

import (
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	if len(strings.Fields(" a  b ")) != 2 {
		t.Error("blanks count")
	}
}

// Wrong on purpose.
func TestTitle(t *testing.T) {
	t.Run("first letter", func(t *testing.T) {
		if got := strings.ToUpper("abc"); got != "Abc" {
			t.Errorf("got %s", got)
		}
	})
}
