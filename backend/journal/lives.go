package journal

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"microtui/backend/wait"
	"microtui/model"
)

const (
	// mostLives is how many ended lives of a unit are read.
	mostLives = 8
	// mostLines is how many lines of systemd are read for them: a life has six.
	mostLines = 12 * mostLives
	// endPatience is how long the journal may be behind what systemd tells.
	endPatience = 2 * time.Second
	endPace     = 50 * time.Millisecond
)

// lifeIDs are the entries of systemd that lives are made of.
var lifeIDs = []string{startingID, startedID, stoppingID, againID, exitedID, wellID, failedID}

// Lives reads how the lives of a VM's unit ended that it had in a boot since
// somebody asked for its start, and what the last of them said on its console.
// invocation is the life that it is in, or was in last. It reads a bounded
// number of lines.
func Lives(ctx context.Context, unit model.Raw, invocation, boot string) (model.UnitLives, error) {
	r := livesReader{current: invocation}
	err := r.read(ctx, unit, boot)
	lives := model.UnitLives{Unit: unit, Invocation: invocation, Ended: r.lives, Whole: r.whole}
	slices.Reverse(lives.Ended)
	if n := len(lives.Ended); err == nil && n > 0 {
		err = addWords(ctx, unit, boot, &lives.Ended[n-1])
	}
	return lives, err
}

// LifeAfter reads how the life ended that a job ended, or that it began in vain;
// nil: there is none, or the journal does not tell.
func LifeAfter(ctx context.Context, end model.JobEnd) *model.Life {
	unit := end.LifeToRead()
	if unit == nil {
		return nil
	}
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return lifeOf(ctx, unit.Name, unit.Properties.Invocation, strings.TrimSpace(string(boot)))
}

// lifeOf reads how a life of a VM's unit ended that has ended, and waits for
// the journal to tell it; nil: it does not.
func lifeOf(ctx context.Context, unit model.Raw, invocation, boot string) *model.Life {
	ctx, cancel := context.WithTimeout(ctx, endPatience)
	defer cancel()
	for {
		lives, err := Lives(ctx, unit, invocation, boot)
		if n := len(lives.Ended); n > 0 && lives.Ended[n-1].Invocation == invocation {
			return &lives.Ended[n-1]
		}
		if err != nil || !wait.Pause(ctx, endPace) {
			return nil
		}
	}
}

// livesReader takes entries from the newest to the oldest.
type livesReader struct {
	current string
	lives   []model.Life // newest first
	lines   int
	// again is set where systemd restarted the unit by itself after what comes
	// next.
	again bool
	whole bool
}

func (r *livesReader) read(ctx context.Context, unit model.Raw, boot string) error {
	var terms []string
	for _, by := range []string{"_PID=1", "_SYSTEMD_CGROUP=/init.scope"} { // see terms
		if len(terms) > 0 {
			terms = append(terms, "+")
		}
		terms = append(terms, "UNIT="+string(unit), by)
		for _, id := range lifeIDs {
			terms = append(terms, "MESSAGE_ID="+id)
		}
		terms = append(terms, ofBoot(boot)...)
	}
	r.whole = true // unless it is found not to be
	return run(ctx, append([]string{"--reverse", "--lines=all"}, terms...), r.take)
}

// ofBoot limits to a boot, by its id as the kernel writes it.
func ofBoot(boot string) []string {
	if boot == "" {
		return nil
	}
	return []string{"_BOOT_ID=" + strings.ReplaceAll(boot, "-", "")}
}

func (r *livesReader) take(f *fields) error {
	if r.lines++; r.lines > mostLines {
		r.whole = false
		return errEnough
	}
	switch f.messageID {
	case againID:
		r.again = true
		return nil
	case wellID, failedID:
		return r.takeEnd(f)
	}
	if len(r.lives) == 0 {
		return nil
	}
	life := &r.lives[len(r.lives)-1]
	if f.aboutRun != life.Invocation || f.skipped() {
		return nil
	}
	switch f.messageID {
	case exitedID:
		if f.directive == "ExecStart" {
			status, _ := strconv.ParseInt(f.status, 10, 32)
			life.Code, life.Status = f.code, int32(status)
		}
	case stoppingID:
		life.Asked = true
	default: // what came first of both counts
		life.Began = f.at().UTC()
	}
	return nil
}

// takeEnd takes the end of a life. It belongs to the present start if it is
// that of the present life, or if systemd restarted the unit by itself after
// it.
func (r *livesReader) takeEnd(f *fields) error {
	n := len(r.lives)
	switch {
	case f.result == "start-limit-hit", n > 0 && r.lives[n-1].Invocation == f.aboutRun:
		return nil // told again of the same life
	case !r.again && (n > 0 || f.aboutRun != r.current):
		return errEnough
	case n == mostLives:
		r.whole = false
		return errEnough
	}
	life := model.Life{Invocation: f.aboutRun, Ended: f.at().UTC(), Result: f.result}
	if f.messageID == wellID {
		life.Result = "success"
	}
	r.lives, r.again = append(r.lives, life), false
	return nil
}
