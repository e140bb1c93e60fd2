package model_test

import (
	"strings"
	"testing"

	"microtui/model"
)

func TestReadJSONSaysWhatIsWrong(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"a list":             {"[]", "expected an object at line 1, column 1"},
		"a list, indented":   {"\n  [1, 2]", "expected an object at line 2, column 3"},
		"a number":           {"12", "expected an object at line 1, column 1"},
		"text":               {`"an observation"`, "expected an object at line 1, column 1"},
		"a field":            {"{\"schema\": 1,\n \"units\": \"all of them\"}", "expected a list in units at line 2, column 11"},
		"a field of a field": {"{\"schema\":1,\"units\":[{\"job_id\":\"x\"},{\"main_pid\": true}]}", ""},
		"a number too large": {`{"schema": 1e400}`, "expected a whole number, not 1e400 in schema at line 1, column 12"},
		"no number":          {`{"schema": {}}`, "expected a whole number in schema at line 1, column 12"},
		"raw text":           {`{"state_dir": {"path": 5}}`, "expected text in state_dir.path"},
		"a time":             {`{"observed_at": "yesterday"}`, "expected a time like 2026-11-21T10:00:00Z"},
		"no time":            {`{"observed_at": 5}`, "expected a time like 2026-11-21T10:00:00Z"},
		"not JSON":           {"schema 1\nand more", "unexpected 's' at line 1, column 1"},
		"a comma too many":   {"{\"schema\": 1,\n}", "unexpected '}' at line 2, column 1"},
		"after the end":      {"{} x", "unexpected 'x' at line 1, column 4"},
		"wide characters":    {`{"é": é}`, "unexpected 'é' at line 1, column 7"},
		"cut off":            {"{\"schema\": 1,\n \"units\": [", "it ends unexpectedly, at line 2, column 12"},
		"cut off in a text":  {`{"sche`, "it ends unexpectedly, at line 1, column 7"},
		"wrong at the end":   {`{"schema": 1]`, "unexpected ']' at line 1, column 13"},
		"bytes":              {`{"host": {"name": "\\x"}}`, ""},
	} {
		var o model.Observation
		err := model.ReadJSON([]byte(test.text), &o)
		if test.want != "" && (err == nil || err.Error() != test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
		if err != nil && (strings.Contains(err.Error(), "Go ") || strings.Contains(err.Error(), "model.") || strings.Contains(err.Error(), "json")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
