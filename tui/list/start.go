package list

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/scene"
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
			"systemd has no microvm@.service, and nothing made by microvm.nix was found.",
			"To run microVMs on this machine, import the host module in its NixOS configuration and switch:",
			" imports = [ microvm.nixosModules.host ];",
			" nixos-rebuild switch",
			"If the VMs are kept somewhere else, pass --state-dir.",
			"To try microtui without a host: microtui --demo",
		},
	},
	model.HostKindEmpty: {
		"A microvm.nix host without VMs.",
		[]text.SafeText{
			"The host module is installed. No VMs are declared or created, and nothing was left behind.",
			"To declare a VM in the host's configuration:",
			" microvm.vms.NAME = { config = { ... }; };",
			"To create one from a flake:",
			" microvm -c NAME -f FLAKE",
			"It will appear here.",
		},
	},
	model.HostKindGuest: {
		"This machine is itself a microVM.",
		[]text.SafeText{
			"It is a guest of microvm.nix; the VMs are on the host that runs it.",
			"Run microtui on that host.",
		},
	},
	model.HostKindUnknown: {
		"systemd did not answer.",
		[]text.SafeText{
			"Nothing is known about this machine until the system bus answers. microtui keeps trying.",
			"To find out why:",
			" systemctl status dbus.service",
		},
	},
}

// Empty is the page where there is no row.
func (v *VMs) Empty(s *scene.Scene, d *draw.Document) {
	switch page, ok := startPages[s.Shot.Inventory.HostKind]; {
	case !s.Known:
		d.Paragraph(styles.Dim, "Reading the host ...", 1)
	case v.View.ProblemsOnly:
		d.Paragraph(styles.Good, "No problems.", 1)
	case v.LeftoversOnly:
		d.Paragraph(styles.Good, "No leftovers.", 1)
	case ok:
		page.write(s, d)
	default:
		d.Paragraph(styles.Dim, "No VMs, and nothing was left behind.", 1)
	}
}

func (p startPage) write(s *scene.Scene, d *draw.Document) {
	d.Paragraph(styles.Strong, p.title, 1)
	for _, line := range p.text {
		if line[0] == ' ' {
			d.Paragraph(styles.Key, line[1:], 4)
			continue
		}
		d.Blank()
		d.Paragraph(styles.Text, line, 1)
	}
	if s.Shot.Inventory.HostKind == model.HostKindGuest {
		for _, trace := range s.Shot.Inventory.Host.Guest {
			d.Item(styles.Dim, d.Glyphs.Bullet, text.Safe(trace))
		}
	}
	if s.Shot.Inventory.StateDir != "" {
		d.Blank()
		d.Paragraph(styles.Dim, "State directory: "+text.Safe(s.Shot.Inventory.StateDir), 1)
	}
}
