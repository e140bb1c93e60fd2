package doctor

import (
	"embed"
	"fmt"
)

//go:embed explain/*.txt
var pages embed.FS

// explanation is the page of a rule. Its lines are at most 78 wide; what is
// indented by four is to be typed, after a $, or to be written, as Nix.
func explanation(rule string) string {
	text, err := pages.ReadFile("explain/" + rule + ".txt")
	if err != nil {
		panic(fmt.Sprintf("a rule without its page: %v", err))
	}
	return string(text)
}
