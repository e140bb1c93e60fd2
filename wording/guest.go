package wording

import (
	"microtui/model"
)

// Trait is something that is known of a VM: what it is called, and each of it.
type Trait struct {
	Name   model.SafeText
	Values []model.SafeText
}

// GuestTraits are what the runner of a VM gives its guest, as far as it is
// known, beside disks, interfaces and virtiofs shares.
func GuestTraits(r *model.Runner) []Trait {
	if r == nil {
		return nil
	}
	var traits []Trait
	add := func(name model.SafeText, values ...model.SafeText) {
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
		add("vCPUs", model.Safef("%d", *guest.VCPUs))
	}
	if r.VsockCID != nil {
		add("vsock CID", model.Safef("%d", *r.VsockCID))
	}
	add("PCI devices", each(r.PCI, model.Safe)...)
	add("USB devices", each(guest.USB, model.Safe)...)
	add("9p shares", each(guest.NineP, ninePText)...)
	add("forwarded", each(guest.Forwards, forwardText)...)
	add("credentials", each(guest.Credentials, credentialText)...)
	if r.Registers() {
		add("machined", "registered with systemd-machined")
	}
	return traits
}

func each[T any](all []T, text func(T) model.SafeText) []model.SafeText {
	texts := make([]model.SafeText, len(all))
	for at := range all {
		texts[at] = text(all[at])
	}
	return texts
}

func ninePText(share model.NineP) model.SafeText {
	text := model.Safef("%s from %s", share.Tag, share.Source)
	if share.ReadOnly {
		text += ", read-only"
	}
	return text
}

func forwardText(f model.Forward) model.SafeText {
	return model.Safef("%s port %s to guest port %s", f.Protocol, f.HostPort, f.GuestPort)
}

func credentialText(c model.Credential) model.SafeText {
	if c.File == "" {
		return model.Safef("%s, on the command line", c.Name)
	}
	return model.Safef("%s from %s", c.Name, c.File)
}
