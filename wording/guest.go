package wording

import (
	"microtui/model"
	"microtui/model/text"
)

// Trait is something that is known of a VM: what it is called, and each of it.
type Trait struct {
	Name   text.SafeText
	Values []text.SafeText
}

// GuestTraits are what the runner of a VM gives its guest, as far as it is
// known, beside disks, interfaces and virtiofs shares.
func GuestTraits(r *model.Runner) []Trait {
	if r == nil {
		return nil
	}
	var traits []Trait
	add := func(name text.SafeText, values ...text.SafeText) {
		if len(values) > 0 {
			traits = append(traits, Trait{name, values})
		}
	}
	guest := r.Guest
	if guest == nil {
		guest = &model.GuestConfig{}
	}
	if guest.Memory != nil {
		add("configured memory", model.FormatBytes(*guest.Memory))
	}
	if guest.VCPUs != nil {
		add("vCPUs", text.Safef("%d", *guest.VCPUs))
	}
	if r.VsockCID != nil {
		add("vsock CID", text.Safef("%d", *r.VsockCID))
	}
	add("PCI devices", each(r.PCI, text.Safe)...)
	add("USB devices", each(guest.USB, text.Safe)...)
	add("9p shares", each(guest.NineP, ninePText)...)
	add("forwarded", each(guest.Forwards, forwardText)...)
	add("credentials", each(guest.Credentials, credentialText)...)
	if r.Registers() {
		add("machined", "registered with systemd-machined")
	}
	return traits
}

func each[T any](all []T, say func(T) text.SafeText) []text.SafeText {
	texts := make([]text.SafeText, len(all))
	for at := range all {
		texts[at] = say(all[at])
	}
	return texts
}

func ninePText(share model.NineP) text.SafeText {
	line := text.Safef("%s from %s", share.Tag, share.Source)
	if share.ReadOnly {
		line += ", read-only"
	}
	return line
}

func forwardText(f model.Forward) text.SafeText {
	return text.Safef("%s port %s to guest port %s", f.Protocol, f.HostPort, f.GuestPort)
}

func credentialText(c model.Credential) text.SafeText {
	if c.File == "" {
		return text.Safef("%s, on the command line", c.Name)
	}
	return text.Safef("%s from %s", c.Name, c.File)
}
