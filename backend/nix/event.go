package nix

import (
	"bytes"
	"encoding/json"
)

// event is a line of nix's log in its format for programs (internal-json: nix
// 2.4 to 2.34, src/libutil/logging.cc).
type event struct {
	Action action       `json:"action"`
	ID     uint64       `json:"id"`
	Level  int          `json:"level"`
	Type   int          `json:"type"`
	Text   string       `json:"text"`
	Fields []eventField `json:"fields"`
	Msg    string       `json:"msg"`
	// RawMsg is the cause of an error, without colours' words around it and
	// without the trace that Msg has from nix 2.9 on.
	RawMsg *string `json:"raw_msg"`
}

type action string

const (
	actionStart  action = "start"
	actionStop   action = "stop"
	actionResult action = "result"
	actionMsg    action = "msg"
)

// The types of activities that are told of (src/libutil/logging.hh).
const (
	actCopyPath     = 100
	actFileTransfer = 101
	actCopyPaths    = 103
	actBuilds       = 104
	actBuild        = 105
	actSubstitute   = 108
)

// The types of results.
const (
	resBuildLogLine     = 101
	resProgress         = 105 // done, expected, running, failed
	resSetExpected      = 106 // type of activity, expected
	resPostBuildLogLine = 107
)

// The levels of messages and activities.
const (
	levelError = 0
	levelInfo  = 3
	levelTalk  = 4
)

// eventField is a number or a text.
type eventField struct {
	number uint64
	text   string
}

func (f *eventField) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &f.text)
	}
	if json.Unmarshal(data, &f.number) != nil {
		f.number = 0 // a kind of field that we do not know: nothing to count
	}
	return nil
}

// number is a field by its place; 0: there is none.
func (e *event) number(at int) uint64 {
	if at >= len(e.Fields) {
		return 0
	}
	return e.Fields[at].number
}

// text is the first field; empty: there is none.
func (e *event) text() string {
	if len(e.Fields) == 0 {
		return ""
	}
	return e.Fields[0].text
}

var eventPrefix = []byte("@nix ")

// parseEvent reads a line of the log; false: it is no event, but what a
// program that nix started wrote to the same place.
func parseEvent(line []byte) (event, bool) {
	text, found := bytes.CutPrefix(line, eventPrefix)
	var e event
	if !found || json.Unmarshal(text, &e) != nil {
		return event{}, false
	}
	return e, true
}
