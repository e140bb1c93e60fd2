package tui

import (
	"context"
	"io"
	"os/exec"
	"strconv"
	"sync"
	"syscall"

	"microtui/model"
)

// childHost keeps a journal that is a child process.
type childHost struct {
	scriptedHost
	hangsUp bool // while a log is closed
}

func (h *childHost) Log(ctx context.Context, query model.LogQuery) Log {
	l := &childLog{command: exec.Command("sleep", "1000"), hangsUp: h.hangsUp}
	l.err = l.command.Start()
	return l
}

// childLog says the number of its child, and ends with it.
type childLog struct {
	command *exec.Cmd
	hangsUp bool
	err     error
	said    bool
	once    sync.Once
}

func (l *childLog) Next(ctx context.Context) (model.LogBatch, error) {
	if l.err != nil {
		return model.LogBatch{}, l.err
	}
	if l.said {
		<-ctx.Done()
		return model.LogBatch{}, io.EOF
	}
	l.said = true
	entry := model.LogEntry{Cursor: "1", At: bootTime, Console: true, Message: model.Raw("child " + strconv.Itoa(l.command.Process.Pid) + " runs")}
	return model.LogBatch{Entries: []model.LogEntry{entry}}, nil
}

func (l *childLog) Close() error {
	l.once.Do(func() {
		if l.hangsUp {
			_ = syscall.Kill(syscall.Getpid(), syscall.SIGHUP)
		}
		_ = l.command.Process.Kill()
		_ = l.command.Wait()
	})
	return nil
}
