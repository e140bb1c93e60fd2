package lab

import (
	"os"
	"path/filepath"
	"strings"
)

// The flags of a test binary that name a file, or a folder, to write.
var (
	fileFlags   = []string{"coverprofile", "cpuprofile", "memprofile", "blockprofile", "mutexprofile", "trace"}
	folderFlags = []string{"gocoverdir", "outputdir", "fuzzcachedir"}
)

// outputFolders are the folders that a test binary is to write to, those that
// are there. Relative ones lie below folder.
func outputFolders(folder string, args []string) []string {
	values := map[string]string{}
	for _, arg := range args {
		if name, value, ok := strings.Cut(arg, "="); ok && value != "" {
			values[strings.TrimPrefix(name, "-test.")] = value
		}
	}
	named := map[string]bool{os.Getenv("GOCOVERDIR"): true}
	for _, flag := range fileFlags {
		named[filepath.Dir(values[flag])] = true
	}
	for _, flag := range folderFlags {
		named[values[flag]] = true
	}
	var folders []string
	for path := range named {
		if path == "" || path == "." {
			continue
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			folders = append(folders, path)
		}
	}
	return folders
}

// timeoutVariable is how long the tests inside may take, whatever go test was
// told: that counts the wait for the lab too (see lab/test).
const timeoutVariable = "MICROTUI_TEST_TIMEOUT"

// passedOn are the flags for the binary inside. go test's log of what a test
// read, which decides about caching, would not be true of another host.
func passedOn(args []string) []string {
	var kept []string
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-test.testlogfile=") {
			kept = append(kept, arg)
		}
	}
	if limit := os.Getenv(timeoutVariable); limit != "" {
		kept = append(kept, "-test.timeout="+limit) // the last one counts
	}
	return kept
}

// isListing reports whether go test only wants names.
func isListing(args []string) bool {
	for _, arg := range args {
		if strings.HasPrefix(arg, "-test.list") {
			return true
		}
	}
	return false
}
