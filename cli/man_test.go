package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestManualPage(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "86400")
	_, page, errs := runOn(t, failing{}, OutputStyle{}, "man")
	if errs != "" || !strings.HasPrefix(page, `.TH "MICROTUI" "1" "1970-01-02"`) {
		t.Errorf("it begins with %.60q; %s", page, errs)
	}
	for _, wrong := range []string{"`", "\n\n", `\(ga`, "duration\n", "string\n", "…"} {
		if strings.Contains(page, wrong) {
			t.Errorf("it holds %q", wrong)
		}
	}
	if cut := regexp.MustCompile(`[^.:]\n\.PP\n[a-z]`).FindString(page); cut != "" {
		t.Errorf("a paragraph begins in mid-sentence: %q", cut)
	}
	for _, command := range []string{"list", "purge", "trash", "ssh"} {
		if !strings.Contains(page, `.SS "microtui `+command) {
			t.Errorf("it does not tell of %s", command)
		}
	}
	checkRoff(t, page)
}

// checkRoff has the page looked at by whatever formats manual pages here.
func checkRoff(t *testing.T, page string) {
	file := filepath.Join(t.TempDir(), "microtui.1")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	checked := false
	for _, checker := range [][]string{{"groff", "-man", "-Tutf8", "-ww", "-z", file}, {"mandoc", "-T", "lint", "-W", "warning", file}} {
		path, err := exec.LookPath(checker[0])
		if err != nil {
			continue
		}
		checked = true
		if said, err := exec.Command(path, checker[1:]...).CombinedOutput(); err != nil || len(said) > 0 {
			t.Errorf("%s: %v\n%s", checker[0], err, said)
		}
	}
	if !checked {
		t.Log("neither groff nor mandoc is installed: only the text was checked")
	}
}

func TestManualPageOfAnImpossibleDate(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "yesterday")
	if status, out, errs := runOn(t, failing{}, OutputStyle{}, "man"); status != exitUsage || out != "" || !strings.Contains(errs, `"yesterday"`) {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
}
