package tui

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/backend/demo"
	"microtui/model"
	"microtui/styles"
	"microtui/tui/dialog"
)

// playhouse is the app on the simulated host, under a clock of its own: what
// takes seconds there takes none here.
type playhouse struct {
	*stage
	live *demo.Live
	msgs chan tea.Msg
}

// onDemo runs a test on the populated host, with commands carried out.
func onDemo(t *testing.T, width, height int, options Options, test func(t *testing.T, p *playhouse)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		live := demo.Open(1)
		ctx, end := context.WithCancel(context.Background())
		defer live.Close()
		defer end()
		test(t, newPlayhouse(ctx, t, live, width, height, options))
	})
}

func newPlayhouse(ctx context.Context, t testing.TB, live *demo.Live, width, height int, options Options) *playhouse {
	t.Helper()
	options.Terminal.Theme, options.Interval = styles.Mono, 2*time.Second
	p := &playhouse{stage: &stage{t: t, paper: &paper{}}, live: live, msgs: make(chan tea.Msg, 1000)}
	p.App = newApp(ctx, live, options, p.paper)
	p.resizeTo(width, height)
	p.play(p.Init())
	p.settle()
	return p
}

// play carries a command out.
func (p *playhouse) play(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case tea.BatchMsg:
			for _, c := range msg {
				p.play(c)
			}
		default:
			p.msgs <- msg
		}
	}()
}

// settle hands messages over until nothing happens any more by itself.
func (p *playhouse) settle() {
	p.t.Helper()
	for {
		synctest.Wait()
		select {
		case msg := <-p.msgs:
			p.play(p.send(msg))
		default:
			return
		}
	}
}

// pass lets time pass.
func (p *playhouse) pass(d time.Duration) {
	p.t.Helper()
	for ; d > 0; d -= beat {
		time.Sleep(min(d, beat))
		p.settle()
	}
}

// beat is finer than anything that the host does.
const beat = 50 * time.Millisecond

// press presses keys, each when a dialog takes one.
func (p *playhouse) press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.pressAfter(dialog.Settling+beat, key)
	}
}

func (p *playhouse) pressAfter(pause time.Duration, key string) {
	p.t.Helper()
	p.pass(pause)
	p.play(p.send(keyMsg{keyPress(key), time.Now()}))
	p.settle()
}

func (p *playhouse) typeText(text string) {
	p.t.Helper()
	for _, r := range text {
		p.press(string(r))
	}
}

// until lets time pass until the screen shows a text.
func (p *playhouse) until(text string) {
	p.t.Helper()
	for range 600 {
		if strings.Contains(p.screen(), text) {
			return
		}
		p.pass(beat)
	}
	p.t.Fatalf("waited for %q; the screen:\n%s", text, p.screen())
}

// says checks that the screen shows a text, however it is wrapped in a dialog.
func (p *playhouse) says(text string) {
	p.t.Helper()
	words := strings.Fields(strings.NewReplacer("│", " ").Replace(p.screen()))
	if !strings.Contains(strings.Join(words, " "), text) {
		p.t.Errorf("the screen does not say %q:\n%s", text, p.screen())
	}
}

// at puts the cursor on a thing.
func (p *playhouse) at(name string) {
	p.t.Helper()
	p.press("1", "/", "ctrl+w")
	p.typeText(name)
	p.press("enter", "g")
	for range 20 {
		if p.selectedName() == model.Raw(name) {
			return
		}
		p.press("j")
	}
	p.t.Fatalf("there is no %s; the screen:\n%s", name, p.screen())
}

// now is the host as it is.
func (p *playhouse) now() model.Inventory {
	o, err := p.live.Observe(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	return model.Interpret(o)
}

// has reports whether there is a VM or a leftover of a name.
func (p *playhouse) has(name model.Raw) bool {
	i := p.now()
	for _, vm := range i.VMs {
		if vm.Name == name {
			return true
		}
	}
	for _, l := range i.Leftovers {
		if l.Ref.Name == name {
			return true
		}
	}
	return false
}

// current is what a VM would be started from.
func (p *playhouse) current(name model.Raw) model.Raw {
	current, _ := dialog.Runners(p.now(), name)
	return current
}

func (p *playhouse) operations() []model.Operation {
	all, err := p.live.Operations(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

// begins has a clean-up begun by somebody else.
func (p *playhouse) begins() (id string) {
	p.t.Helper()
	id, err := p.live.Begin(context.Background(), model.Request{Plan: model.PlanCleanUp(p.now(), model.CleanUpOptions{}).Chosen(), By: "root"})
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}
