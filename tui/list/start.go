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
