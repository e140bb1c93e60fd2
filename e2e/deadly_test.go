package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// changing are the system calls that can change a host: files, and what is said
// to systemd and to the kernel's network. Some architectures have more.
var changing = map[uint64]string{
	unix.SYS_RENAMEAT: "renameat", unix.SYS_RENAMEAT2: "renameat2", unix.SYS_UNLINKAT: "unlinkat", unix.SYS_SYMLINKAT: "symlinkat",
	unix.SYS_LINKAT: "linkat", unix.SYS_MKDIRAT: "mkdirat", unix.SYS_FTRUNCATE: "ftruncate", unix.SYS_FALLOCATE: "fallocate",
	unix.SYS_PWRITE64: "pwrite64", unix.SYS_FSYNC: "fsync", unix.SYS_FDATASYNC: "fdatasync", unix.SYS_FCHMOD: "fchmod", unix.SYS_FCHOWN: "fchown",
	unix.SYS_SENDMSG: "sendmsg", unix.SYS_SENDTO: "sendto",
}

// runWatched runs a program, and stops it, or what it has started, right before
// each system call of those that change something, for as long as at takes: it
// gets their number, from 1, and their name, and kills all of them where it says
// so. What is given are the names.
func runWatched(t *testing.T, at func(n int, name string) (kill bool), path string, args ...string) (calls []string) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // who traces is a thread
		defer runtime.UnlockOSThread()
		done <- trace(exec.Command(path, args...), func(name string) (kill bool) {
			calls = append(calls, name)
			return at(len(calls), name)
		})
	}()
	if err := <-done; err != nil {
		t.Fatalf("%s %q: %v", path, args, err)
	}
	return calls
}

// runDeadly runs a program that is killed right before its nth system call that
// changes something, and gives its name; empty: it had fewer.
func runDeadly(t *testing.T, n int, path string, args ...string) (last string) {
	t.Helper()
	runWatched(t, func(at int, name string) bool {
		if at == n {
			last = name
		}
		return at == n
	}, path, args...)
	return last
}

func undisturbed(int, string) bool { return false }

const (
	traceOptions = unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK |
		unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_EXITKILL
	syscallStop   = unix.SIGTRAP | 0x80
	infoEntry     = 1 // PTRACE_SYSCALL_INFO_ENTRY
	getSyscall    = 0x420e
	sizeOfSyscall = 88
	ownChildren   = unix.WALL | unix.WNOTHREAD
)

// trace runs a program and calls at whenever one of its threads, or of those of
// its children, is about to change something.
func trace(cmd *exec.Cmd, at func(name string) (kill bool)) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	main := cmd.Process.Pid
	var status unix.WaitStatus
	if _, err := unix.Wait4(main, &status, 0, nil); err != nil || !status.Stopped() {
		return fmt.Errorf("it did not stop where it began: %v %w", status, err)
	}
	if err := errors.Join(unix.PtraceSetOptions(main, traceOptions), unix.PtraceSyscall(main, 0)); err != nil {
		return err
	}
	threads, killed := map[int]bool{main: true}, false
	for {
		thread, err := unix.Wait4(-1, &status, ownChildren, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.ECHILD):
			return nil
		case err != nil:
			return err
		case !status.Stopped():
			delete(threads, thread)
			continue
		}
		threads[thread] = true
		deliver := 0
		switch signal := status.StopSignal(); {
		case signal == syscallStop && !killed:
			if name, is := enters(thread); is {
				killed = at(name)
			}
		case signal == syscallStop, signal == unix.SIGTRAP, signal == unix.SIGSTOP: // a thread began, or was told of
		default:
			deliver = int(signal)
		}
		if killed { // as systemd kills a service, and the end of power all
			for thread := range threads {
				_ = unix.Kill(thread, unix.SIGKILL)
			}
			continue
		}
		if err := unix.PtraceSyscall(thread, deliver); err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
}

// enters tells whether a thread enters a system call that changes something.
func enters(thread int) (name string, is bool) {
	var info [sizeOfSyscall]byte
	got, _, errno := unix.Syscall6(unix.SYS_PTRACE, getSyscall, uintptr(thread), uintptr(len(info)), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 || got < 32 || info[0] != infoEntry {
		return "", false
	}
	number := *(*uint64)(unsafe.Pointer(&info[24]))
	if number == unix.SYS_WRITE {
		return "write", isFile(thread, *(*uint64)(unsafe.Pointer(&info[32])))
	}
	if number == unix.SYS_OPENAT {
		return "openat", *(*uint64)(unsafe.Pointer(&info[48]))&unix.O_CREAT != 0
	}
	name, is = changing[number]
	return name, is
}

// isFile reports whether a descriptor is that of a file: Go's own wake-ups are
// none.
func isFile(thread int, fd uint64) bool {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", thread, fd))
	return err == nil && path[0] == '/' && path != os.DevNull
}
