package terminal

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// ErrNotATerminal says that input or output is a file, a pipe or nothing.
var ErrNotATerminal = errors.New("not a terminal")

// ErrGone says that the terminal hung up.
var ErrGone = errors.New("the terminal is gone")

// PanicError is a panic of the painter.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// patience is how long a terminal that does not read is waited for before it
// is left behind.
const patience = 300 * time.Millisecond

// Terminal is a terminal that shows frames.
type Terminal struct {
	tty    *os.File // as given: modes and size are its
	in     *os.File
	cooked *term.State // how it was before
	out    output

	turn    chan struct{} // held by whoever writes to the terminal
	painter *painter
	away    bool // the terminal is the shell's, for now or for good
	taken   bool // it reports the mouse

	mu    sync.Mutex
	next  Frame
	again bool // all of next is wanted, not only what changed
	copy  string
	mouse bool // it is to report the mouse

	wake     chan struct{}
	failed   chan error
	stop     *os.File // closing it ends what waits for stopped
	stopped  *os.File
	finished chan struct{}
	watching sync.WaitGroup // for the hang-up
	painting sync.WaitGroup

	want    *os.File // writing to it makes a read in flight make room
	wanted  *os.File
	lent    bool          // reading is held for another program
	input   int           // the descriptor of in
	reading chan struct{} // held by a read of it
	framer  framer        // of what was read
	typed   []byte        // what can be given on of that
}

// Open takes a terminal over: raw mode, alternate screen, no cursor. Closing
// it gives it back. The error is [ErrNotATerminal] where there is none.
func Open(in, out *os.File, name string, colours Colours) (*Terminal, error) {
	if !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return nil, ErrNotATerminal
	}
	cooked, err := term.GetState(int(in.Fd()))
	if err != nil {
		return nil, fmt.Errorf("read terminal modes: %w", err)
	}
	stopped, stop, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	wanted, want, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open pipe: %w", err), stopped.Close(), stop.Close())
	}
	t := &Terminal{
		want: want, wanted: wanted,
		tty: out, in: in, cooked: cooked, out: openOutput(out),
		turn: make(chan struct{}, 1), painter: newPainter(name, colours), away: true,
		wake: make(chan struct{}, 1), failed: make(chan error, 1), stop: stop, stopped: stopped, finished: make(chan struct{}),
		input: int(in.Fd()), reading: make(chan struct{}, 1),
	}
	if err := t.Enter(); err != nil {
		_ = stop.Close()
		_ = stopped.Close()
		_ = want.Close()
		_ = wanted.Close()
		t.out.close()
		return nil, err
	}
	t.painting.Go(func() { t.paint() })
	t.watching.Go(func() {
		if hangup(t.out.fd, stopped) {
			t.fail(ErrGone)
		}
	})
	return t, nil
}

// Size is the terminal's size in cells. A terminal that does not know its own
// (a serial line) is taken for 80×24.
func (t *Terminal) Size() (width, height int) {
	width, height, err := term.GetSize(int(t.tty.Fd()))
	if err != nil || width == 0 || height == 0 {
		return 80, 24
	}
	return width, height
}

// Failed tells once when the terminal cannot be used any more: it is gone
// ([ErrGone]), or painting it broke ([PanicError]).
func (t *Terminal) Failed() <-chan error { return t.failed }

// Show makes a frame the one to be seen. It never waits: a frame that the
// terminal had no time for is replaced by the next.
func (t *Terminal) Show(f Frame) {
	t.mu.Lock()
	same := t.next.equal(f)
	t.next = f
	t.mu.Unlock()
	if !same {
		t.nudge()
	}
}

// Redraw writes the whole frame again, for a terminal that something else
// wrote to.
func (t *Terminal) Redraw() {
	t.mu.Lock()
	t.again = true
	t.mu.Unlock()
	t.nudge()
}

// Copy hands a text to the terminal's clipboard (OSC 52), with the next frame.
// A terminal that does not know the sequence ignores it, and none answers.
func (t *Terminal) Copy(text string) {
	t.mu.Lock()
	t.copy = copySequence(text)
	t.mu.Unlock()
	t.nudge()
}

// Mouse makes the terminal report the mouse's buttons and wheel, from the next
// frame on, or leave the mouse to whoever selects text with it, as it does at
// first.
func (t *Terminal) Mouse(taken bool) {
	t.mu.Lock()
	t.mouse = taken
	t.mu.Unlock()
	t.nudge()
}

func (t *Terminal) nudge() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Enter takes the terminal (again), after [Terminal.Leave] or [Terminal.Lend] or after another
// program changed its modes.
func (t *Terminal) Enter() error {
	if !t.takeTurn() {
		return os.ErrDeadlineExceeded
	}
	defer t.giveTurn()
	if _, err := term.MakeRaw(int(t.in.Fd())); err != nil {
		return fmt.Errorf("set raw mode: %w", err)
	}
	if t.away {
		if err := t.out.insist(enterSequence(), patience); err != nil {
			return fmt.Errorf("write to terminal: %w", err)
		}
	}
	t.away, t.taken = false, false
	t.takeBack()
	t.painter.forget()
	t.nudge()
	return nil
}

// Leave gives the terminal back to the shell until [Terminal.Enter].
func (t *Terminal) Leave() error {
	acquired := t.takeTurn()
	if acquired {
		defer t.giveTurn()
	}
	if t.away && acquired {
		return nil
	}
	var err error
	clicked := false
	if acquired {
		clicked = t.taken
		t.away, t.taken = true, false
		err = t.out.insist(leaveSequence(), patience)
	}
	if t.foreground() {
		err = errors.Join(err, t.restore(clicked))
	}
	return err
}

// restore brings the modes back that the terminal had. Where it reported the
// mouse, what nobody has read yet is thrown away: to a shell, or to a guest, a
// click would be typing.
func (t *Terminal) restore(clicked bool) error {
	if clicked {
		_ = unix.IoctlSetInt(int(t.in.Fd()), unix.TCFLSH, unix.TCIFLUSH)
	}
	return term.Restore(int(t.in.Fd()), t.cooked)
}

// Close gives the terminal back for good. It takes no longer than a second,
// also where the terminal does not read.
func (t *Terminal) Close() error {
	close(t.finished)
	_ = t.stop.Close()
	t.watching.Wait()
	t.endRead() // what is typed from now on is the shell's
	err := t.Leave()
	if t.out.own {
		t.out.deadline(time.Now())
		t.painting.Wait()
	}
	t.out.close()
	return err
}

// takeTurn waits for a write in flight, which it cuts off after a while. It
// fails only where writes have no deadline.
func (t *Terminal) takeTurn() bool {
	t.out.deadline(time.Now().Add(patience))
	select {
	case t.turn <- struct{}{}:
		t.out.deadline(time.Time{})
		return true
	case <-time.After(2 * patience):
		return false
	}
}

func (t *Terminal) giveTurn() {
	t.out.deadline(time.Time{})
	<-t.turn
}

// foreground reports whether the terminal listens to us. Setting the modes of
// a terminal from the background stops the process that tries.
func (t *Terminal) foreground() bool {
	group, err := unix.IoctlGetInt(int(t.in.Fd()), unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}

func (t *Terminal) fail(err error) {
	select {
	case t.failed <- err:
	default:
	}
}

// paint writes frames until the terminal is closed.
func (t *Terminal) paint() {
	defer func() {
		if value := recover(); value != nil {
			t.fail(&PanicError{value, debug.Stack()})
		}
	}()
	for {
		select {
		case <-t.finished:
			return
		case <-t.wake:
		}
		t.paintNext()
	}
}

func (t *Terminal) paintNext() {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	if t.away {
		return
	}
	t.mu.Lock()
	frame, again, before, mouse := t.next, t.again, t.copy, t.mouse
	t.again, t.copy = false, ""
	t.mu.Unlock()
	if frame.Width < 1 || frame.Height < 1 {
		return
	}
	if again {
		t.painter.forget()
	}
	if mouse != t.taken {
		before += mouseSequence(mouse)
		t.taken = mouse
	}
	bytes, err := t.painter.bytes(frame)
	bytes = append([]byte(before), bytes...)
	if err == nil && len(bytes) > 0 {
		_, err = t.out.file.Write(bytes)
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		t.painter.forget() // half a frame is out
		t.taken = !mouse
	case err != nil:
		t.fail(fmt.Errorf("%w: %w", ErrGone, err))
	}
}
