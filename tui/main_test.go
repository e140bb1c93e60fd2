package tui

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/terminal"
)

// now is the time of every inventory made by hand.
var now = time.Date(2026, 11, 3, 12, 4, 30, 0, time.UTC)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	if scenario := os.Getenv(scenarioVariable); scenario != "" {
		playScenario(scenario) // this process is the program under test
		return
	}
	goleak.VerifyTestMain(m)
}

// paper is a screen without a terminal: it keeps the last frame.
type paper struct {
	width, height int
	frame         terminal.Frame
	shown         int // frames that differ from the one before
	redrawn       int
	left          bool
	copied        []string
	mouse         bool
}

func (p *paper) Size() (int, int) { return p.width, p.height }
func (p *paper) Show(f terminal.Frame) {
	if strings.Join(f.Lines, "\n") != strings.Join(p.frame.Lines, "\n") {
		p.shown++
	}
	p.frame = f
}
func (p *paper) Copy(text string) { p.copied = append(p.copied, text) }
func (p *paper) Mouse(on bool)    { p.mouse = on }
func (p *paper) Redraw()          { p.redrawn++ }
func (p *paper) Enter() error     { p.left = false; return nil }
func (p *paper) Lend() error      { p.left = true; return nil }
func (p *paper) Leave() error     { p.left = true; return nil }

// quietHost never says anything by itself: tests hand the data over.
type quietHost struct{ refreshed atomic.Int32 }

func (h *quietHost) Watch(ctx context.Context, _ time.Duration) <-chan model.Observation { return nil }
func (h *quietHost) Refresh()                                                            { h.refreshed.Add(1) }

// stage is an app with paper for a screen.
type stage struct {
	*App
	t     testing.TB
	paper *paper
	host  *quietHost
	clock time.Time // of the next key
}

func newStage(t testing.TB, width, height int, options Options) *stage {
	t.Helper()
	if options.Terminal.Theme == "" {
		options.Terminal.Theme = styles.Mono
	}
	if options.Interval == 0 {
		options.Interval = 2 * time.Second
	}
	host := &quietHost{}
	return newStageOn(t, host, host, width, height, options)
}

func newStageOn(t testing.TB, host Host, quiet *quietHost, width, height int, options Options) *stage {
	s := &stage{t: t, paper: &paper{}, host: quiet, clock: now}
	s.App = newApp(t.Context(), host, options, s.paper)
	s.resizeTo(width, height)
	return s
}

func (s *stage) resizeTo(width, height int) {
	s.paper.width, s.paper.height = width, height
	s.send(resizedMsg{})
}

// send gives the app a message and draws, as Bubble Tea does.
func (s *stage) send(msg tea.Msg) tea.Cmd {
	s.t.Helper()
	_, cmd := s.Update(msg)
	s.View()
	return cmd
}

// observe hands over an inventory as the newest.
func (s *stage) observe(inventory model.Inventory) {
	s.t.Helper()
	s.receive(s.Shot.Advance(inventory, inventory.At), inventory.At)
	s.derive(inventory.At)
	s.View()
}

var namedKeys = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
	"space": {Code: tea.KeySpace, Text: " "}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "backspace": {Code: tea.KeyBackspace},
	"f2": {Code: tea.KeyF2}, "pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp},
	"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+l": {Code: 'l', Mod: tea.ModCtrl},
	"alt+m":  {Code: 'm', Mod: tea.ModAlt},
	"ctrl+z": {Code: 'z', Mod: tea.ModCtrl}, "ctrl+w": {Code: 'w', Mod: tea.ModCtrl},
}

func keyPress(name string) tea.KeyPressMsg {
	if key, ok := namedKeys[name]; ok {
		return key
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// press presses keys by their names and gives the last command.
func (s *stage) press(keys ...string) (cmd tea.Cmd) {
	s.t.Helper()
	for _, key := range keys {
		cmd = s.pressAfter(time.Second, key)
	}
	return cmd
}

// pressAfter presses a key so long after the one before.
func (s *stage) pressAfter(pause time.Duration, key string) tea.Cmd {
	s.t.Helper()
	s.clock = s.clock.Add(pause)
	return s.send(keyMsg{keyPress(key), s.clock})
}

func (s *stage) typeText(text string) {
	s.t.Helper()
	for _, r := range text {
		s.press(string(r))
	}
}

// screen is what is shown, as plain text.
func (s *stage) screen() string {
	return plain(s.paper.frame.Lines)
}

func (s *stage) shows(text string) {
	s.t.Helper()
	if !strings.Contains(s.screen(), text) {
		s.t.Errorf("the screen does not show %q:\n%s", text, s.screen())
	}
}

func (s *stage) hides(text string) {
	s.t.Helper()
	if strings.Contains(s.screen(), text) {
		s.t.Errorf("the screen shows %q:\n%s", text, s.screen())
	}
}

func (s *stage) selectedName() model.Raw {
	ref, _ := s.vms.Selected()
	return ref.Name
}

func isQuit(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	_, quit := cmd().(tea.QuitMsg)
	return quit
}

func ptr[T any](value T) *T { return &value }

// vm is a VM that runs and is wanted.
func vm(name model.Raw) model.VM {
	return model.VM{
		Name: name, State: model.StateRunning, Origin: model.OriginDeclared, Freshness: model.FreshnessCurrent,
		Verdict: model.VerdictKept, Since: now.Add(-12 * 24 * time.Hour), Autostart: true, Hypervisor: "qemu",
		CPUUsec: ptr(uint64(1_000_000)), Memory: ptr(uint64(212 << 20)), RxBytes: ptr(uint64(1000)), TxBytes: ptr(uint64(500)),
		Evidence: []model.Raw{"install-microvm-" + name + ".service exists in the live system"},
	}
}

// inventory is a host with VMs, in the order given.
func inventory(vms ...model.VM) model.Inventory {
	return model.Inventory{
		Host: model.Host{Name: "nixhost", Privileged: true}, At: now,
		HostKind: model.HostKindPopulated, StateDir: "/var/lib/microvms", VMs: vms,
	}
}

// many is a host with so many VMs.
func many(n int) model.Inventory {
	vms := make([]model.VM, n)
	for i := range vms {
		vms[i] = vm(model.Raw(fmt.Sprintf("vm-%04d", i)))
	}
	return inventory(vms...)
}

// village is a host with one of everything.
func village() model.Inventory {
	api := vm("api")
	api.Origin = model.OriginImperative
	db := vm("db")
	db.Memory, db.Notes = ptr(uint64(1181116006)), []model.Raw{"vm-db is also claimed by twin"}
	db.Interfaces = []model.Interface{{Name: "vm-db", Type: "tap", MAC: "02:00:00:00:00:01", Present: ptr(true), Master: "br0",
		Device: &model.Link{Index: 7, Name: "vm-db", Kind: "tun", Tap: true, OperState: "up", Up: true, Carrier: ptr(true), Owner: ptr(uint32(995)), RxBytes: 5 << 20, TxBytes: 9 << 20}}}
	db.Shares = []model.Share{{Tag: "ro-store", Source: "/nix/store", Socket: "db-virtiofs-ro-store.sock"}}
	db.Volumes = []model.Volume{{Path: "db.img", Size: ptr(uint64(8 << 30)), Allocated: ptr(uint64(3 << 30)), Modified: now.Add(-time.Hour)}}
	db.Current = &model.Runner{Path: "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-microvm-qemu-db"}
	db.BootedFrom, db.DeclaredBy = db.Current, []model.Raw{"live system"}
	db.Units = []model.VMUnit{
		{Role: model.RoleTap, Unit: model.Unit{Name: "microvm-tap-interfaces@db.service", Load: "loaded", Active: "active", Sub: "exited"}},
		{Role: model.RoleVM, Unit: model.Unit{Name: "microvm@db.service", Load: "loaded", Active: "active", Sub: "running",
			Properties: &model.UnitProperties{MainPID: 4711, Result: "success", ActiveEnter: now.Add(-12 * 24 * time.Hour), Fragment: "/etc/systemd/system/microvm@.service"}}},
	}
	crash := vm("crash")
	crash.State, crash.Memory, crash.Since, crash.Restarts = model.StateCrashLoop, nil, time.Time{}, ptr(uint32(412))
	crash.Notes = []model.Raw{"412 restarts: exit code 3"}
	removed := vm("removed")
	removed.Origin, removed.Freshness, removed.Verdict = model.OriginUndeclared, model.FreshnessUnknown, model.VerdictOrphan
	removed.Why, removed.RemovedIn = "orphan: declared until generation 41", ptr(42)
	removed.Notes = []model.Raw{removed.Why}
	removed.Evidence = []model.Raw{
		"no install-microvm-removed.service in the live system, the newest system, or any profile",
		"generation 41 declared it; generation 42, of 3 November 2026, does not",
		"/var/lib/microvms/removed has no gcroot of an imperative VM, and its flake is none that microvm -c writes",
	}
	stale := vm("stale")
	stale.Freshness, stale.Notes = model.FreshnessRebootNeeded, []model.Raw{"booted an older runner"}
	strange := vm("strange")
	strange.State, strange.Origin, strange.Verdict = model.StateStopped, model.OriginManual, model.VerdictSuspect
	strange.Since, strange.Memory, strange.Why = time.Time{}, nil, "suspect: toplevel without a generation that knows it"
	strange.Notes = []model.Raw{strange.Why}
	i := inventory(api, crash, db, removed, stale, strange)
	i.Leftovers = []model.Leftover{
		{Ref: model.Ref{Kind: model.KindGCRoot, Name: "old"}, Verdict: model.VerdictUnclear, Why: "its target could not be read", Notes: []model.Raw{"its target could not be read"}},
		{Ref: model.Ref{Kind: model.KindTap, Name: "vm-gone"}, Verdict: model.VerdictOrphan, Stamp: model.Stamp{Index: 12, LinkKind: "tun"},
			Why: "owner microvm, claimed by no VM", Notes: []model.Raw{"owner microvm, claimed by no VM"}, Evidence: []model.Raw{"its owner is the user microvm", "no runner names it"}},
		{Ref: model.Ref{Kind: model.KindTap, Name: "vnet0"}, Verdict: model.VerdictForeign},
	}
	return i
}

// aloneDrawn skips a long test in which one goroutine draws: the race detector
// has nothing to find there.
func aloneDrawn(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("one goroutine draws")
	}
}
