package tui

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
)

// The pages shown where there is no row: what that means, and what to do.

// startPage is a page of plain words. A line that begins with a blank is
// something to type or to write.
type startPage struct {
	title text.SafeText
	text  []text.SafeText
}

var startPages = map[model.HostKind]startPage{
	model.HostKindNoModule: {
		"No microvm.nix host here.",
		[]text.SafeText{
			"systemd knows no microvm@.service, and there is nothing that microvm.nix made.",
			"To run microVMs on this machine, import the host module in its NixOS configuration and switch:",
			" imports = [ microvm.nixosModules.host ];",
			" nixos-rebuild switch",
			"If the VMs are kept in another place than the usual one, name it with --state-dir.",
			"To look around without a host: microtui --demo",
		},
	},
	model.HostKindEmpty: {
		"A microvm.nix host without VMs.",
		[]text.SafeText{
			"The host module is here; no VM is declared or created, and nothing was left behind.",
			"To declare a VM in the host's configuration:",
			" microvm.vms.NAME = { config = { ... }; };",
			"To create one from a flake:",
			" microvm -c NAME -f FLAKE",
			"It appears here by itself.",
		},
	},
	model.HostKindGuest: {
		"This machine is itself a microVM.",
		[]text.SafeText{
			"It is a guest of microvm.nix, so its VMs are not here but beside it.",
			"Run microtui on the host that it runs on.",
		},
	},
	model.HostKindUnknown: {
		"systemd could not be asked.",
		[]text.SafeText{
			"What runs on this machine is unknown until the system bus answers. This page goes on trying.",
			"To see what is wrong:",
			" systemctl status dbus.service",
		},
	},
}

// emptyLines is the body where the table has no rows.
func (a *App) emptyLines() []string {
	d := a.newDocument()
	if a.Known && a.shownFilter().text != "" {
		d.Paragraph(styles.Dim, "Nothing matches the filter."+a.howToClear(), 1)
		return d.Lines
	}
	switch a.page {
	case pageDoctor:
		a.emptyFindings(&d)
		return d.Lines
	case pageOperations:
		a.emptyOperations(&d)
		return d.Lines
	case pageTrash:
		a.emptyTrash(&d)
		return d.Lines
	}
	switch page, ok := startPages[a.Shot.Inventory.HostKind]; {
	case !a.Known:
		d.Paragraph(styles.Dim, "Reading the host ...", 1)
	case a.view.ProblemsOnly:
		d.Paragraph(styles.Good, "No problems.", 1)
	case a.leftoversOnly:
		d.Paragraph(styles.Good, "No leftovers.", 1)
	case ok:
		a.startPage(&d, page)
	default:
		d.Paragraph(styles.Dim, "No VMs, and nothing was left behind.", 1)
	}
	return d.Lines
}

// howToClear says which key takes the filter of the page away.
func (a *App) howToClear() text.SafeText {
	switch {
	case a.filter.Open:
		return " Esc clears it." // in a prompt, whatever other keys do
	case a.page == pageTable:
		return a.commands.Mention(" ", "clear", " clears it.")
	}
	return a.commands.Mention(" ", "back", " clears it.")
}

func (a *App) startPage(d *draw.Document, page startPage) {
	d.Paragraph(styles.Strong, page.title, 1)
	for _, line := range page.text {
		if line[0] == ' ' {
			d.Paragraph(styles.Key, line[1:], 4)
			continue
		}
		d.Blank()
		d.Paragraph(styles.Text, line, 1)
	}
	if a.Shot.Inventory.HostKind == model.HostKindGuest {
		for _, trace := range a.Shot.Inventory.Host.Guest {
			d.Item(styles.Dim, a.glyphs.Bullet, text.Safe(trace))
		}
	}
	if a.Shot.Inventory.StateDir != "" {
		d.Blank()
		d.Paragraph(styles.Dim, "State directory: "+text.Safe(a.Shot.Inventory.StateDir), 1)
	}
}
