package backend

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"microtui/backend/home"
	"microtui/backend/lock"
	"microtui/backend/systemd"
	"microtui/model"
)

// machine is what is known of the machine without asking anybody.
type machine struct {
	host      model.Host
	template  *model.Template
	settings  []model.UnitSettings
	keep      []model.KeepEntry
	builtFrom []model.BuiltFrom
	switched  []model.Switched
	faults    []model.Fault
}

const (
	bootIDFile  = "/proc/sys/kernel/random/boot_id"
	statFile    = "/proc/stat"
	microvmUser = "microvm"
)

func (h *Host) readMachine(context.Context) machine {
	m := machine{host: model.Host{Privileged: os.Geteuid() == 0}}
	f := &faults{}

	name, err := os.Hostname()
	f.from(err, model.SourceHost)
	m.host.Name = model.Raw(name)

	bootID, err := os.ReadFile(bootIDFile)
	f.from(err, model.SourceHost)
	m.host.BootID = strings.TrimSpace(string(bootID))

	m.host.BootedAt, err = bootTime(statFile)
	f.from(err, model.SourceHost)

	m.host.MicrovmUID, m.host.MicrovmGroups, err = accountOf(microvmUser)
	f.from(err, model.SourceHost)

	m.host.Switching, err = lock.Switching()
	f.from(err, model.SourceHost)

	m.host.Home = readHome(home.Path)

	m.keep, err = home.ReadKeep(home.KeepFile)
	f.from(err, model.SourceKeep)

	m.builtFrom, err = home.ReadBuiltFrom()
	f.from(err, model.SourceBuiltFrom)

	m.switched, err = home.ReadSwitched()
	f.from(err, model.SourceBuiltFrom)

	// The template is a unit file: what it lacks is missing from systemd.
	m.template, err = systemd.ReadTemplate()
	f.from(err, model.SourceSystemd)
	m.settings, err = h.unitFiles.Settings()
	f.from(err, model.SourceSystemd)
	m.host.Accounts, m.host.Groups, err = accountsOf(m.settings)
	f.from(err, model.SourceHost)

	m.faults = f.list
	return m
}

// bootTime reads when the machine booted (proc(5), /proc/stat, btime).
func bootTime(file string) (time.Time, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return time.Time{}, fmt.Errorf("read boot time: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, "btime "); found {
			seconds, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			if err != nil {
				return time.Time{}, fmt.Errorf("read boot time: %w", err)
			}
			return time.Unix(seconds, 0).UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("read boot time: %s has no btime", file)
}
