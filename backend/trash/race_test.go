package trash

import (
	"errors"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab/seeds"
	"microtui/model"
)

// swapForever exchanges two directories as fast as it can, with pauses by
// chance, until its standard input ends.
func swapForever(args []string) error {
	seed, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return err
	}
	go func() {
		os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}()
	fmt.Println("ready")
	for chance := rand.New(rand.NewSource(seed)); ; {
		err := unix.Renameat2(unix.AT_FDCWD, args[0], unix.AT_FDCWD, args[1], unix.RENAME_EXCHANGE)
		if err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
		for range chance.Intn(8) {
			unix.Getppid()
		}
	}
}

// Somebody exchanges the orphan and a directory that is kept while the orphan
// is purged, again and again: the kept one is never deleted and never lost.
func TestSwappedWhilePurged(t *testing.T) {
	h := newHost(t)
	seed := int64(seeds.For(t))
	t.Logf("seed %d", seed)
	kept := h.vm("kept")
	swapper := inRole("swap", h.state("orphan"), h.state("kept"), strconv.FormatInt(seed, 10))
	stdin, err := swapper.StdinPipe()
	h.must(err)
	stdout, err := swapper.StdoutPipe()
	h.must(err)
	h.must(swapper.Start())
	defer func() {
		stdin.Close()
		if err := swapper.Wait(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := stdout.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}

	steps := 3_000
	if os.Getenv("MICROTUI_LONG") != "" {
		steps = 200_000
	}
	var purged, seenBefore, putBack int
	var orphan model.FileID
	for range steps {
		if orphan == (model.FileID{}) {
			orphan = h.vm("new")
			h.must(os.Rename(h.state("new"), h.state("orphan")))
		}
		e, err := h.Quarantine(h.entry("orphan", orphan))
		switch {
		case err == nil:
			if _, err := h.delete(e.ID); err != nil {
				t.Fatal(err)
			}
			purged++
			orphan = model.FileID{}
			if h.id(h.state("kept")) != kept {
				t.Fatal("kept is lost")
			}
			h.wantContent(h.state("kept/disk.img"), "data of kept")
		case !errors.Is(err, model.ErrStale):
			t.Fatal(err)
		case strings.Contains(err.Error(), "moved back"):
			putBack++
		default:
			seenBefore++
		}
	}
	t.Logf("%d purged, %d seen to be another before the rename, %d put back after it", purged, seenBefore, putBack)
	if purged == 0 || putBack == 0 {
		t.Error("the race did not occur")
	}
	h.wantNames(h.path("lib/microtui/trash"))
}
