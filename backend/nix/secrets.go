package nix

import (
	"net/url"
	"slices"
	"strings"

	"microtui/model"
)

// minSecret is how long a text has to be to be taken for a secret wherever it
// stands, in bytes: to mask every "a" would make nix's words unreadable, and
// hide nothing.
const minSecret = 4

// minToken is how long the user of a URL has to be to be taken for a token,
// where there is a password as well: "TOKEN:x-oauth-basic@".
const minToken = 16

// secretsOf are the credentials in a flake reference, as they stand there and
// decoded: a program may say them on their own, outside the reference.
func secretsOf(flake string) []string {
	if string(model.MaskedFlake(model.Raw(flake))) == flake {
		return nil
	}
	var found []string
	add := func(text string) {
		decoded, err := url.PathUnescape(text)
		for _, secret := range []string{text, decoded} {
			if err == nil && len(secret) >= minSecret && !slices.Contains(found, secret) {
				found = append(found, secret)
			}
		}
	}
	head, query, _ := strings.Cut(flake, "?")
	_, rest, _ := strings.Cut(head, "://")
	if _, host, masked := strings.Cut(string(model.MaskedFlake(model.Raw(head))), "***"); masked {
		user, password, _ := strings.Cut(strings.TrimSuffix(rest, host), ":")
		add(password)
		if password == "" || len(user) >= minToken {
			add(user)
		}
	}
	for parameter := range strings.SplitSeq(query, "&") {
		if shown := "x:?" + parameter; string(model.MaskedFlake(model.Raw(shown))) != shown {
			_, value, _ := strings.Cut(parameter, "=")
			add(value)
		}
	}
	// The longest first: one may be part of another.
	slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) })
	return found
}
