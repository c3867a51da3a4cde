// Package roman writes numbers as the Romans did.
package roman

import "strings"

var signs = []struct {
	value int
	sign  string
}{
	{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"},
	{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"},
}

// Write returns a number from 1 to 3999 in Roman signs.
func Write(number int) string {
	if number < 1 || number > 3999 {
		panic("no Roman number")
	}
	var text strings.Builder
	for _, s := range signs {
		for number >= s.value {
			text.WriteString(s.sign)
			number -= s.value
		}
	}
	return text.String()
}
