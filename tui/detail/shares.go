package detail

import (
	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/wording"
)

// writeShares lists what the guest sees of the host's directories: what serves
// each of them, and whether that is what its source names now.
func writeShares(d *draw.Document, about Subject) {
	shares := about.Connectivity.Shares()
	if len(shares) == 0 {
		None(d, "It has no virtiofs shares.")
	}
	for at := range shares {
		s := &shares[at]
		d.Heading(text.Safe(s.Share.Tag))
		writeShareState(d, s, about)
		d.Field("source", styles.Text, text.Safe(s.Path))
		writeSource(d, s.Source)
		if s.Serves != nil {
			d.Field("served by", styles.Text, text.Safef("virtiofsd, process %d", s.PID))
			d.Field("serves", styles.Text, servedText(s.Serves))
		}
		d.Field("socket", styles.Dim, text.Safe(s.Share.Socket))
	}
}

func writeShareState(d *draw.Document, s *doctor.ShareState, about Subject) {
	switch {
	case s.Stale:
		d.Signed("state", styles.Bad, d.Glyphs.Broken, "stale: the guest sees an older directory; restart the VM")
		for _, why := range s.Why {
			d.Fact(styles.Text, text.Safe(why))
		}
	case s.Fresh:
		d.Field("state", styles.Good, "fresh: it serves its current source")
	case about.VM.State == model.StateRunning && !about.Shot.Inventory.Host.Privileged:
		d.Field("state", styles.Unclear, "unknown: only root can see what its virtiofsd serves")
	case about.VM.State == model.StateRunning:
		d.Field("state", styles.Unclear, "unknown: could not see what its virtiofsd serves")
	default:
		d.Field("state", styles.Idle, "not served: the VM is off")
	}
}

func writeSource(d *draw.Document, source *model.ShareSource) {
	switch {
	case source == nil:
	case source.Fault != "":
		d.Field("", styles.Unclear, "could not be read: "+text.Safe(source.Fault))
	case !source.Exists:
		d.Field("", styles.Bad, text.Safe(d.Glyphs.Broken)+" it is not there")
	case source.Real != "" && source.Real != source.Path:
		d.Field("leads to", styles.Text, text.Safe(source.Real))
	}
	if source == nil {
		return
	}
	for _, link := range source.Links {
		d.Field("by the link", styles.Dim, text.Safe(link.Path)+", set "+wording.Moment(link.Modified))
	}
}

func servedText(s *model.Served) text.SafeText {
	words := text.Safef("device %d inode %d", s.ID.Dev, s.ID.Ino)
	if s.Path != "" {
		words += ", " + text.Safe(s.Path) + " in its file system"
	}
	if s.Deleted {
		words += ", deleted since"
	}
	return words
}
