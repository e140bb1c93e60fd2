package text_test

import (
	"encoding/json"
	"testing"

	"microtui/model/text"
)

func TestRawJSON(t *testing.T) {
	tests := []struct {
		raw  text.Raw
		json string
	}{
		{"db", `"db"`},
		{"", `""`},
		{"é", `"é"`},
		{"\uFFFD", `"` + "\uFFFD" + `"`},
		{"a\xffb", `"a\\xffb"`},
		{`a\b`, `"a\\\\b"`},
		{`\xff`, `"\\\\xff"`},
		{"\x1b[31m", `"\u001b[31m"`},
		{"\x00", `"\u0000"`},
	}
	for _, test := range tests {
		got, err := json.Marshal(test.raw)
		if err != nil || string(got) != test.json {
			t.Errorf("%q is written as %s, %v; want %s", string(test.raw), got, err, test.json)
		}
		var back text.Raw
		if err := json.Unmarshal(got, &back); err != nil || back != test.raw {
			t.Errorf("%s is read as %q, %v", got, string(back), err)
		}
	}
	for _, bad := range []string{`"\\"`, `"\\n"`, `"\\x"`, `"\\x1"`, `"\\xgg"`, `"\\x+1"`, `1`, `{}`} {
		var raw text.Raw
		if err := json.Unmarshal([]byte(bad), &raw); err == nil {
			t.Errorf("%s is read as %q without an error", bad, string(raw))
		}
	}
}

func TestRawEveryByte(t *testing.T) {
	for b := range 256 {
		roundTrip(t, text.Raw([]byte{byte(b)}))
		roundTrip(t, text.Raw([]byte{'\\', byte(b), 'x', byte(b), byte(b)}))
	}
}

func FuzzRawRoundTrip(f *testing.F) {
	for _, s := range []string{"", `\`, `\\x41`, "\xed\xa0\x80", "\u2028<>&", "a\xc3"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { roundTrip(t, text.Raw(b)) })
}

func roundTrip(t *testing.T, raw text.Raw) {
	t.Helper()
	data, err := json.Marshal(raw)
	if err != nil {
		t.Fatalf("write %q: %v", string(raw), err)
	}
	var back text.Raw
	if err := json.Unmarshal(data, &back); err != nil || back != raw {
		t.Fatalf("%q is written as %s and read as %q, %v", string(raw), data, string(back), err)
	}
}
