package nix

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

// replay has a log read and gives the different things that were told of
// progress, the lines of output and the words of the failure.
func replay(t *testing.T, flake model.Raw, text []byte) (told []string, output []model.Raw, failure *Failure) {
	t.Helper()
	r := newReader(flake, nil, func(line model.Raw) { output = append(output, line) })
	for line := range bytes.Lines(text) {
		fmt.Fprintf(r, "%s", line)
		if said := r.tracker.progress().String(); len(told) == 0 || told[len(told)-1] != said {
			told = append(told, said)
		}
	}
	r.end()
	return told, output, r.words.failure(errors.New("exit status 1"))
}

func recorded(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What nix 2.8 said, and what later versions say according to their source.
func TestLogs(t *testing.T) {
	for _, test := range []struct {
		log, flake string
		told       []string // among others, in this order
		output     []string // the same
		words      string
	}{
		{
			log: "built.log",
			told: []string{
				"copying '/srv/flake'", "evaluating", "building 1 of 4: dep-1-1.1", "building 2 of 4: dep-2-1.2",
				"building 4 of 4: microvm-qemu-web", "evaluating",
			},
			output: []string{"building '/nix/store/7540in2ypg80dhn1d73l906dpmch0iyw-dep-1-1.1.drv'", "dep-1-1.1> building 1", "microvm-qemu-web> done"},
			words:  "done",
		},
		{
			log:    "failed.log",
			told:   []string{"building 1 of 2: dep-9-1.9", "building 2 of 2: microvm-qemu-fail"},
			output: []string{"microvm-qemu-fail> one", "error: builder for '/nix/store/spf3z2z3l8bxbl8bxvnp9fgn5rdik9zc-microvm-qemu-fail.drv' failed with exit code 3"},
			words:  "builder for '/nix/store/spf3z2z3l8bxbl8bxvnp9fgn5rdik9zc-microvm-qemu-fail.drv' failed with exit code 3: last words /nix/store/ic2jcfwyy7qsnfgmkc7cf4i4zh7kiq2a-dep-9-1.9",
		},
		{
			log:    "network.log",
			told:   []string{"copying '/srv/net'", "downloading 'https://example.invalid/x.tar.gz'"},
			output: []string{"warning: error: unable to download 'https://example.invalid/x.tar.gz': Couldn't resolve host name (6); retrying in"},
			words:  "unable to download 'https://example.invalid/x.tar.gz': Couldn't resolve host name (6)",
		},
		{
			log: "git.log", flake: "git+https://user:secret@127.0.0.1:1/x.git?ref=main",
			told:   []string{"fetching Git repository 'https://***@127.0.0.1:1/x.git'"},
			output: []string{"fatal: unable to access 'https://127.0.0.1:1/x.git/'"},
			words:  "program 'git' failed with exit code 128: fatal: unable to access 'https://127.0.0.1:1/x.git/': Failed to connect",
		},
		{log: "throws.log", output: []string{"error: no such thing"}, words: "no such thing"},
		{log: "traces.log", output: []string{"trace: hello trace"}},
		{
			log: "substituted-2.31.log",
			told: []string{
				"evaluating", "building 1 of 2, downloading 0 of 120M: linux-6.12.58",
				"building 1 of 2, downloading 40M of 120M: linux-6.12.58",
				"building 1 of 2: initrd-1.1",
			},
			output: []string{"warning: Git tree '/etc/nixos' is dirty", "initrd-1.1> cp: no space left on device", "       Reason: builder failed with exit code 1."},
			words:  "no such thing",
		},
	} {
		told, output, failure := replay(t, model.Raw(test.flake), recorded(t, test.log))
		for i := range told { // as reader.line does
			told[i] = string(newWords(model.Raw(test.flake), nil).clean(told[i]))
		}
		isWithin(t, test.log+": progress", test.told, told)
		isWithin(t, test.log+": output", test.output, output)
		if !strings.HasPrefix(string(failure.Words), test.words) {
			t.Errorf("%s: failed with %q, want %q", test.log, failure.Words, test.words)
		}
		if all := fmt.Sprint(told, output, failure, failure.Log); strings.Contains(all, "secret") || strings.Contains(all, "\x1b") {
			t.Errorf("%s: a credential or a colour is left: %q", test.log, all)
		}
	}
}

// isWithin checks that lines begin with texts, in the order of these.
func isWithin[S ~string](t *testing.T, what string, want []string, lines []S) {
	t.Helper()
	rest := lines
	for _, text := range want {
		at := slices.IndexFunc(rest, func(line S) bool { return strings.HasPrefix(string(line), text) })
		if at < 0 {
			t.Errorf("%s: no line (any more) %q in:\n%q", what, text, lines)
			return
		}
		rest = rest[at+1:]
	}
}

func TestWordsOfAFailure(t *testing.T) {
	for _, test := range []struct{ name, log, want string }{
		{"nothing said", "", "exit status 1"},
		{"not nix's", "nix: cannot execute\n", "nix: cannot execute"},
		{"no end", "bash: nix: not found", "bash: nix: not found"},
		{"the last error counts", msg("error: first") + msg("error: second"), "second"},
		{"no error", msg("trace: error: x") + "fatal\n", "fatal"},
		{"many lines", msg(`error: a\n  b\n\n c`), "a b c"},
		{"long", msg("error: " + strings.Repeat("é", 400)), strings.Repeat("é", 250) + "…"},
	} {
		if _, _, failure := replay(t, "", []byte(test.log)); string(failure.Words) != test.want || failure.Error() != "nix: "+test.want {
			t.Errorf("%s: %q, want %q", test.name, failure.Words, test.want)
		}
	}
}

func msg(text string) string { return `@nix {"action":"msg","level":0,"msg":"` + text + "\"}\n" }

func TestCredentialsInLog(t *testing.T) {
	for flake, line := range map[model.Raw]string{
		"git+https://user:hunter22@host/x":                "remote: bad password hunter22 for user",
		"git+https://ghp_0123456789abcdef@host/x":         "token ghp_0123456789abcdef is expired",
		"git+https://h/x?access_token=s%2Fcret":           "no access with s/cret or s%2Fcret",
		"git+https://h/x?rev=1&private_token=s/cr@t&dir=": "sent s/cr@t",
		"git+ssh://git:hunter22@h/x":                      "git: hunter22",
		"git+https://a:b/cdefg@h/x":                       "password b/cdefg",
		"path:/x":                                         "input https://u:hunter22@h/y",
	} {
		_, output, _ := replay(t, flake, []byte(line+"\n"))
		if got := fmt.Sprint(output); !strings.Contains(got, "***") || strings.Contains(got, "hunter22") || strings.Contains(got, "0123456789abcdef") ||
			strings.Contains(got, "cret") || strings.Contains(got, "s/cr@t") || strings.Contains(got, "cdefg") {
			t.Errorf("%s: %s", flake, got)
		}
	}
	if _, output, _ := replay(t, "git+ssh://git@host/x?ref=main", []byte("git of main\n")); output[0] != "git of main" {
		t.Errorf("what is no secret is hidden: %s", output)
	}
}

// However much is said, what is kept is bounded, and is the end.
func TestLogIsBounded(t *testing.T) {
	r := newReader("", nil, nil)
	for i := range 3000 {
		fmt.Fprintf(r, "line %d\n", i)
	}
	if log := r.words.failure(errors.New("x")).Log; len(log) != maxLogLines || log[maxLogLines-1] != "line 2999" {
		t.Errorf("%d lines, the last is %q", len(log), log[len(log)-1])
	}
	for range 5 {
		fmt.Fprintf(r, "%s\n", strings.Repeat("x", 3*maxLine))
	}
	if log := r.words.failure(errors.New("x")).Log; len(log) != 1 || len(log[0]) != maxLine {
		t.Errorf("%d lines, of %d bytes", len(log), len(log[0]))
	}
}

// FuzzLog: any bytes, in any pieces, are read without a crash, and nothing
// that is told holds a credential or a colour.
func FuzzLog(f *testing.F) {
	names, err := filepath.Glob("testdata/*.log")
	if err != nil || len(names) < 5 {
		f.Fatalf("%d logs, %v", len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, 7)
	}
	f.Add([]byte(`@nix {"action":"result","id":1,"type":106,"fields":[104,-1]}`), 1)
	f.Add([]byte(`@nix {"action":"start","id":1,"type":105,"fields":[{},[],null,1.5,"/"]}`+"\n@nix {}\n@nix\n@nix x\n"), 3)
	f.Fuzz(func(t *testing.T, text []byte, piece int) {
		lines := 0
		r := newReader("git+https://u:hunter22@h/x", nil, func(line model.Raw) {
			lines++
			if strings.Contains(string(line), "hunter22") || colours.MatchString(string(line)) || strings.Contains(string(line), "\n") {
				t.Errorf("told of %q", line)
			}
		})
		piece = max(1, min(piece, 100))
		for part := range slices.Chunk(text, piece) {
			if n, err := r.Write(part); n != len(part) || err != nil {
				t.Fatalf("wrote %d of %d: %v", n, len(part), err)
			}
		}
		r.end()
		_ = r.tracker.progress().String()
		if len(r.words.failure(errors.New("x")).Words) > maxWords+3 {
			t.Error("words without end")
		}
	})
}
