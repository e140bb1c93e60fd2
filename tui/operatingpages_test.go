package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"microtui/model"
)

// over lets time pass until no operation runs.
func (p *playhouse) over() {
	p.t.Helper()
	for range 600 {
		p.pass(beat)
		if len(p.Work.In(model.OperationRunning)) == 0 && len(p.Work.Operations) > 0 {
			return
		}
	}
	p.t.Fatalf("an operation does not end; the screen:\n%s", p.screen())
}

// narrow filters the table, so that what is shown of it does not change with
// the figures of the simulated host.
func (p *playhouse) narrow(filter string) {
	p.press("/")
	p.typeText(filter)
	p.press("enter")
}

// anyHash are the hashes of the store, and the digests of plans.
var anyHash = regexp.MustCompile(`(?m)[0-9a-z]{32}-|\b[0-9a-f]{16}\b|/nix/store/[0-9a-z]+$|^[0-9a-z]{20}$`)

// masked leaves a hash's length, which decides where lines are broken.
func masked(hash string) string {
	const store = "/nix/store/"
	rest, inStore := strings.CutPrefix(hash, store)
	rest = strings.Map(func(r rune) rune {
		if r == '-' {
			return r
		}
		return '#'
	}, rest)
	if inStore {
		return store + rest
	}
	return rest
}

// operatingPages are the pages and dialogs of operations.
var operatingPages = []struct {
	name string
	open func(*playhouse)
}{
	{"purge-orphan", func(p *playhouse) { p.at("queue"); p.press("D") }},
	{"purge-kept", func(p *playhouse) { p.at("build"); p.press("D", "a", "p") }},
	{"clean-up", func(p *playhouse) { p.narrow("gone"); p.press("X", "G") }},
	{"clean-up-runs", func(p *playhouse) { p.narrow("gone"); p.press("X", "y") }},
	{"clean-up-done", func(p *playhouse) { p.narrow("gone"); p.press("X", "y"); p.over() }},
	{"operating-table", func(p *playhouse) { p.narrow("gone"); p.press("X", "y", "esc") }},
	{"interrupted", func(p *playhouse) { p.narrow("gone"); p.interrupts() }},
	{"building", func(p *playhouse) { p.at("build"); p.press("u") }},
	{"difference", func(p *playhouse) { p.at("build"); p.press("u"); p.over() }},
	{"roll-back", func(p *playhouse) {
		p.at("build")
		p.press("u")
		p.over()
		p.press("y")
		p.over()
		p.press("esc", "b")
	}},
	{"keep", func(p *playhouse) { p.at("build"); p.press("p") }},
	{"operations", func(p *playhouse) { p.interrupts(); p.begins(); p.press("4") }},
	{"operation", func(p *playhouse) { p.begins(); p.over(); p.press("4", "enter") }},
	{"settle", func(p *playhouse) { p.interrupts(); p.press("4", "s") }},
	{"trash", func(p *playhouse) { p.emptied() }},
	{"trash-entry", func(p *playhouse) { p.emptied(); p.press("enter") }},
	{"trash-delete", func(p *playhouse) { p.emptied(); p.press("j", "D") }},
	{"operating-menu", func(p *playhouse) { p.at("queue"); p.press("x") }},
	{"palette", func(p *playhouse) { p.at("build"); p.press(":"); p.typeText("up") }},
	{"results", func(p *playhouse) { p.at("queue"); p.press("D", "y"); p.over(); p.press("esc", "u", "s", "m") }},
}

// interrupts kills a clean-up half-way.
func (p *playhouse) interrupts() {
	p.t.Helper()
	id := p.begins()
	p.press("R", "R")
	if err := p.live.Kill(id); err != nil {
		p.t.Fatal(err)
	}
	p.press("R")
}

// emptied shows the trash with all that a clean-up can take.
func (p *playhouse) emptied() {
	p.press("X", "a", "y", "1", "0", "enter")
	p.over()
	p.press("esc", "5")
}

func TestOperatingPages(t *testing.T) {
	for _, size := range sizes {
		for _, page := range operatingPages {
			name := fmt.Sprintf("%s-%dx%d", page.name, size.width, size.height)
			t.Run(name, func(t *testing.T) {
				onDemo(t, size.width, size.height, Options{}, func(t *testing.T, p *playhouse) {
					page.open(p)
					golden(t, name, anyHash.ReplaceAllStringFunc(p.screen(), masked))
				})
			})
		}
	}
}

// No line of them is wider than the terminal, at any size, and ASCII is ASCII.
func TestOperatingPagesFit(t *testing.T) {
	aloneDrawn(t)
	for _, size := range []struct{ width, height int }{{20, 5}, {27, 9}, {50, 12}, {61, 17}, {131, 45}} {
		for _, page := range operatingPages {
			onDemo(t, size.width, size.height, Options{Terminal: TerminalCaps{ASCII: true}}, func(t *testing.T, p *playhouse) {
				page.open(p)
				p.check(size.width, size.height, page.name)
				p.press("G", "pgup", "j")
				p.check(size.width, size.height, page.name)
				for _, r := range p.screen() {
					if r > 0x7e {
						t.Fatalf("%s: %q in\n%s", page.name, r, p.screen())
					}
				}
			})
		}
	}
}
