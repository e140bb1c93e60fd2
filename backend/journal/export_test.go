package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"pgregory.net/rapid"

	"microtui/lab"
	_ "microtui/lab/seeds" // fixes the seed of rapid
)

// field is a name and a value, to be written as journalctl does.
type field struct{ name, value string }

func (f field) String() string {
	plain := utf8.ValidString(f.value) && strings.IndexFunc(f.value, func(r rune) bool { return r < ' ' && r != '\t' }) < 0
	if plain {
		return f.name + "=" + f.value + "\n"
	}
	return binaryField(f.name, f.value)
}

func binaryField(name, value string) string {
	return name + "\n" + string(binary.LittleEndian.AppendUint64(nil, uint64(len(value)))) + value + "\n"
}

// exported is an entry in the export format.
func exported(more ...field) string {
	var b strings.Builder
	for _, f := range append([]field{{"__CURSOR", "c"}, {"__REALTIME_TIMESTAMP", "1795255383470185"}}, more...) {
		b.WriteString(f.String())
	}
	return b.String() + "\n"
}

// parse reads a whole stream.
func parse(in io.Reader) (entries []fields, err error) {
	_, err = readEntries(in, func(f *fields) error {
		entries = append(entries, *f)
		return nil
	})
	return entries, err
}

func TestParse(t *testing.T) {
	base := fields{cursor: "c", realtime: 1795255383470185}
	with := func(change func(*fields)) fields {
		f := base
		change(&f)
		return f
	}
	long := strings.Repeat("ab", maxLine)
	for name, test := range map[string]struct {
		in   string
		want []fields
	}{
		"nothing":              {"", nil},
		"only empty lines":     {"\n\n\n", nil},
		"text":                 {exported(field{"MESSAGE", "hello = world"}), []fields{with(func(f *fields) { f.message = "hello = world" })}},
		"binary":               {exported(field{"MESSAGE", "a\nb\n\n\x00\xff"}), []fields{with(func(f *fields) { f.message = "a\nb\n\n\x00\xff" })}},
		"empty values":         {"__CURSOR=c\n__REALTIME_TIMESTAMP=1795255383470185\nMESSAGE=\n" + binaryField("UNIT", "") + "\n", []fields{base}},
		"unknown fields":       {exported(field{"__SEQNUM", "1"}, field{"LONG", long + long}, field{"X", "\x00" + long}), []fields{base}},
		"two":                  {exported() + exported(field{"_PID", "7"}), []fields{base, with(func(f *fields) { f.pid = "7" })}},
		"repeated message":     {exported(field{"MESSAGE", "a"}, field{"MESSAGE", "b"}), []fields{with(func(f *fields) { f.message = "a\nb" })}},
		"repeated field":       {exported(field{"_PID", "1"}, field{"_PID", "2"}), []fields{with(func(f *fields) { f.pid = "1" })}},
		"long text":            {exported(field{"MESSAGE", long}), []fields{with(func(f *fields) { f.message, f.cut = long[:maxLine], maxLine })}},
		"long binary":          {exported(field{"MESSAGE", "\x00" + long}), []fields{with(func(f *fields) { f.message, f.cut = "\x00"+long[:maxLine-1], maxLine+1 })}},
		"long, then repeated":  {exported(field{"MESSAGE", long}, field{"MESSAGE", "ab"}), []fields{with(func(f *fields) { f.message, f.cut = long[:maxLine], maxLine+2 })}},
		"cut at a character":   {exported(field{"MESSAGE", "x" + strings.Repeat("é", maxLine)}), []fields{with(func(f *fields) { f.message, f.cut = "x"+strings.Repeat("é", maxLine/2-1), maxLine+2 })}},
		"torn":                 {"__CURSOR=a\n_PID=1\nMESSAGE=lost\n" + exported(field{"MESSAGE", "kept"}), []fields{with(func(f *fields) { f.message, f.torn = "kept", true })}},
		"a name that is long":  {exported(field{strings.Repeat("A", maxName), "1"}), []fields{base}},
		"longer than a buffer": {exported(field{"MESSAGE", strings.Repeat("x", 200<<10)}, field{"_PID", "7"}), []fields{with(func(f *fields) { f.message, f.cut, f.pid = strings.Repeat("x", maxLine), 184<<10, "7" })}},
	} {
		for how, in := range map[string]io.Reader{
			"at once": strings.NewReader(test.in), "byte by byte": iotest.OneByteReader(strings.NewReader(test.in)),
		} {
			got, err := parse(in)
			if err != nil || fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("%s, %s: %v %.300q, want %.300q", name, how, err, fmt.Sprint(got), fmt.Sprint(test.want))
			}
		}
	}
}

// What is not in the format is an error, after the entries before it.
func TestParseBroken(t *testing.T) {
	size := func(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }
	for name, test := range map[string]struct {
		in   string
		want error
	}{
		"ends in an entry":    {"__CURSOR=d\n", io.ErrUnexpectedEOF},
		"ends in a name":      {"__CURS", io.ErrUnexpectedEOF},
		"ends in a length":    {"MESSAGE\n\x01\x00", io.ErrUnexpectedEOF},
		"ends in a value":     {"MESSAGE\n" + size(10) + "abc", io.ErrUnexpectedEOF},
		"ends after a value":  {"MESSAGE\n" + size(3) + "abc", io.ErrUnexpectedEOF},
		"ends in a long text": {"MESSAGE=" + strings.Repeat("x", 200<<10), io.ErrUnexpectedEOF},
		"no cursor":           {"MESSAGE=a\n\n", errFormat},
		"no name":             {"=a\n\n", errFormat},
		"a name too long":     {strings.Repeat("A", maxName+1) + "=1\n", errFormat},
		"a name without end":  {strings.Repeat("A", 1<<20), errFormat},
		"a bad name":          {"message=a\n", errFormat},
		"words":               {"No entries\n", errFormat},
		"a value too short":   {"MESSAGE\n" + size(2) + "abc\n\n", errFormat},
		"an absurd length":    {"MESSAGE\n" + size(maxField+1), errFormat},
		"a negative length":   {"MESSAGE\n" + size(1<<63), errFormat},
		"a text too long":     {"MESSAGE=" + strings.Repeat("x", maxField+1) + "\n", errFormat},
		"too many fields":     {strings.Repeat("A=1\n", maxFields+1), errFormat},
	} {
		got, err := parse(strings.NewReader(exported() + test.in))
		if !errors.Is(err, test.want) || len(got) != 1 {
			t.Errorf("%s: %v after %d entries", name, err, len(got))
		}
	}
}

// Any entries come back as they were, in whatever pieces they arrive.
func TestParseAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in strings.Builder
		var want []string
		for range rapid.IntRange(0, 5).Draw(t, "entries") {
			message := string(rapid.SliceOf(rapid.Byte()).Draw(t, "message"))
			other := string(rapid.SliceOf(rapid.Byte()).Draw(t, "other"))
			in.WriteString(exported(field{"OTHER", other}, field{"MESSAGE", message}, field{"OTHER", message}))
			want = append(want, message)
		}
		got, err := parse(iotest.HalfReader(strings.NewReader(in.String())))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%v, %d entries of %d", err, len(got), len(want))
		}
		for i, f := range got {
			if f.message != want[i] {
				t.Fatalf("%q, want %q", f.message, want[i])
			}
		}
	})
}

// FuzzParse: any bytes give entries or an error, in bounded memory, and the
// same ones in whatever pieces they arrive.
func FuzzParse(f *testing.F) {
	f.Add([]byte(exported(field{"MESSAGE", "hello"}) + exported(field{"MESSAGE", "a\nb"})))
	f.Add([]byte("__CURSOR=c\nMESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xff\n"))
	f.Add([]byte("\n\nA=\nB\n\x00\x00\x00\x00\x00\x00\x00\x00\n\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		atOnce, err := parse(bytes.NewReader(in))
		piecemeal, err2 := parse(iotest.OneByteReader(bytes.NewReader(in)))
		if fmt.Sprint(atOnce, err) != fmt.Sprint(piecemeal, err2) {
			t.Errorf("%v %v, piecemeal %v %v", atOnce, err, piecemeal, err2)
		}
		for _, e := range atOnce {
			if e.cursor == "" || len(e.message) > maxLine || len(e.cursor) > maxValue || e.cut < 0 {
				t.Errorf("%+v", e)
			}
			e.entry(nil)
		}
	})
}

// A value of 64 MiB costs no memory to speak of.
func TestParseInBoundedMemory(t *testing.T) {
	for name, in := range map[string]io.Reader{
		"text":   io.MultiReader(strings.NewReader("__CURSOR=c\nMESSAGE="), io.LimitReader(endless{}, maxField), strings.NewReader("\n\n")),
		"binary": io.MultiReader(strings.NewReader("__CURSOR=c\nMESSAGE\n\x00\x00\x00\x04\x00\x00\x00\x00"), io.LimitReader(endless{}, maxField), strings.NewReader("\n\n")),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		entries, err := parse(in)
		runtime.ReadMemStats(&after)
		if err != nil || len(entries) != 1 || entries[0].cut != maxField-maxLine {
			t.Errorf("%s: %v, %d entries", name, err, len(entries))
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Errorf("%s: %d bytes allocated", name, used)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// typical is an entry as journalctl gives it for a line of a guest.
var typical = exported(
	field{"_BOOT_ID", "564eb7dbf2454c268bdb5b92f190e666"}, field{"PRIORITY", "6"}, field{"_TRANSPORT", "stdout"},
	field{"SYSLOG_IDENTIFIER", "microvm@web"}, field{"MESSAGE", "\x1b[32m  OK  \x1b[0m Started some service of the guest with a usual name."},
	field{"_PID", "2531"}, field{"_COMM", "microvm@web"}, field{"_SYSTEMD_UNIT", "microvm@web.service"},
)

func BenchmarkParse(b *testing.B) {
	stream := strings.Repeat(typical, 1000)
	b.SetBytes(int64(len(typical)))
	b.ReportAllocs()
	for n := 0; n < b.N; n += 1000 {
		if _, err := readEntries(strings.NewReader(stream), func(*fields) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkRead is all of the way from a real journal to batches, beside
// journalctl alone.
func BenchmarkRead(b *testing.B) {
	lab.Require(b)
	journald(b, unlimited...)
	const lines = 50_000
	service(b, web, writes(b, lines)...)
	runUnit(b, web)
	b.Run("journalctl", func(b *testing.B) {
		for b.Loop() {
			cmd := exec.Command("journalctl", append(common, append([]string{"--lines=all"}, matches(all(web))...)...)...)
			must(b, cmd.Run())
		}
		b.ReportMetric(float64(b.N)*lines/b.Elapsed().Seconds(), "entries/s")
	})
	b.Run("Log", func(b *testing.B) {
		for b.Loop() {
			entries, _ := readAll(b, all(web))
			if len(entries) < lines {
				b.Fatal(len(entries))
			}
		}
		b.ReportMetric(float64(b.N)*lines/b.Elapsed().Seconds(), "entries/s")
	})
}
