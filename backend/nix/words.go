package nix

import (
	"regexp"
	"strings"

	"microtui/model"
)

// The most that is kept of what nix said.
const (
	maxLogLines = 1000
	maxLogBytes = 1 << 20
	maxWords    = 500 // bytes, of an error's line
)

// words are what nix and the programs that it started said, without colours
// and credentials.
type words struct {
	secrets []string
	output  func(model.Raw) // takes each line; nil: nobody does

	names map[uint64]string // of the derivations that are being built
	lines []model.Raw
	bytes int
	last  model.Raw // the last line that was no error of nix's
	fault model.Raw // the last error
}

func newWords(flake model.Raw, output func(model.Raw)) *words {
	return &words{secrets: secretsOf(string(flake)), output: output, names: map[uint64]string{}}
}

// take takes the words out of an event.
func (w *words) take(e event) {
	switch {
	case e.Action == actionMsg && e.Level <= levelInfo:
		w.message(e)
	case e.Action == actionStart && e.Type == actBuild && len(w.names) < maxActivities:
		w.names[e.ID] = nameInStore(e.text())
		w.say(e.Text)
	case e.Action == actionStart && e.Level <= levelInfo && e.Text != "":
		w.say(e.Text)
	case e.Action == actionStop:
		delete(w.names, e.ID)
	case e.Action == actionResult && (e.Type == resBuildLogLine || e.Type == resPostBuildLogLine):
		w.last = w.clean(e.text())
		w.say(w.names[e.ID] + "> " + e.text())
	}
}

// message takes a message: an error, a warning, a trace.
func (w *words) message(e event) {
	text := plain(e.Msg)
	cause, isFault := strings.CutPrefix(text, "error:")
	if e.RawMsg != nil {
		cause, isFault = plain(*e.RawMsg), true
	}
	if isFault && e.Level == levelError {
		cause, _, _ = strings.Cut(cause, "\nOutput paths:")
		w.fault = w.clean(oneLine(cause))
	}
	w.say(text)
}

// other takes a line that is no event.
func (w *words) other(line []byte) {
	w.last = w.clean(string(line))
	w.say(string(line))
}

// say keeps the lines of a text and gives them on.
func (w *words) say(text string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\r\n"), "\n") {
		clean := w.clean(line)
		if w.output != nil {
			w.output(clean)
		}
		w.lines, w.bytes = append(w.lines, clean), w.bytes+len(clean)
		for len(w.lines) > maxLogLines || w.bytes > maxLogBytes && len(w.lines) > 1 {
			w.bytes -= len(w.lines[0])
			w.lines = w.lines[1:]
		}
	}
}

// clean takes colours and credentials out of a line.
func (w *words) clean(line string) model.Raw {
	line = plain(line)
	for _, secret := range w.secrets {
		line = strings.ReplaceAll(line, secret, "***")
	}
	return model.MaskCredentials(model.Raw(strings.TrimRight(line, "\r")))
}

// failure is the error that nix ended with.
func (w *words) failure(err error) *Failure {
	f := &Failure{Words: w.fault, Log: w.lines, err: err}
	switch {
	case w.fault == "" && w.last == "":
		f.Words = w.clean(err.Error())
	case w.fault == "":
		f.Words = w.last
	case strings.Contains(string(w.fault), "failed with exit code") && w.last != "" && !strings.Contains(string(w.fault), string(w.last)):
		// What failed has said why; nix says only that it did.
		f.Words += ": " + w.last
	}
	if len(f.Words) > maxWords {
		f.Words = model.Raw(strings.ToValidUTF8(string(f.Words[:maxWords]), "")) + "…"
	}
	return f
}

// Failure is that nix did not do what it was asked to.
type Failure struct {
	// Words are nix's own, on one line.
	Words model.Raw
	// Log is what it said last, at most 1,000 lines and 1 MiB.
	Log []model.Raw
	err error
}

// Error implements error.
func (f *Failure) Error() string { return "nix: " + string(f.Words) }

// Unwrap gives how the process ended.
func (f *Failure) Unwrap() error { return f.err }

// colours are sequences that a terminal takes for colours and the like.
var colours = regexp.MustCompile(`\x1b\[[0-9;:?]*[@-~]`)

func plain(text string) string {
	if !strings.Contains(text, "\x1b") {
		return text
	}
	return colours.ReplaceAllString(text, "")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
