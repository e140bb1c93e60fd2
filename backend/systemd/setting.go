package systemd

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"microtui/backend/unitfile"
	"microtui/model"
)

// settings are a unit's while its files are gone through.
type settings struct {
	model.UnitSettings
	specifiers        *strings.Replacer
	ambient, bounding capabilities
	commands          int // of ExecStart=
}

func newSettings(name model.Raw, specifiers *strings.Replacer) *settings {
	return &settings{UnitSettings: model.UnitSettings{Name: name}, specifiers: specifiers, bounding: allCapabilities}
}

// keys say what an assignment does, by section and key. What is not among them
// decides nothing that microtui asks.
var keys = map[string]func(*settings, string){
	"Unit.RequiresMountsFor": func(s *settings, v string) { s.add(&s.RequiresMountsFor, v) },
	"Unit.JoinsNamespaceOf":  func(s *settings, v string) { s.add(&s.JoinsNamespaceOf, v) },

	"Service.ExecStart": func(s *settings, v string) {
		if s.commands++; v == "" {
			s.commands = 0
		}
	},
	"Service.Type":                  func(s *settings, v string) { s.Type = v },
	"Service.User":                  func(s *settings, v string) { s.User = s.put(v) },
	"Service.Group":                 func(s *settings, v string) { s.Group = s.put(v) },
	"Service.SupplementaryGroups":   func(s *settings, v string) { s.list(&s.SupplementaryGroups, v) },
	"Service.DynamicUser":           func(s *settings, v string) { s.DynamicUser = unitfile.IsYes(v) },
	"Service.AmbientCapabilities":   func(s *settings, v string) { s.ambient.assign(v, 0) },
	"Service.CapabilityBoundingSet": func(s *settings, v string) { s.bounding.assign(v, allCapabilities) },

	"Service.NetworkNamespacePath": func(s *settings, v string) { s.NetworkNamespacePath = s.put(v) },
	"Service.PrivateNetwork":       func(s *settings, v string) { s.PrivateNetwork = unitfile.IsYes(v) },

	"Service.RootDirectory":       func(s *settings, v string) { s.RootDirectory = s.put(v) },
	"Service.RootImage":           func(s *settings, v string) { s.RootDirectory = s.put(v) },
	"Service.BindPaths":           func(s *settings, v string) { s.bind(v, false) },
	"Service.BindReadOnlyPaths":   func(s *settings, v string) { s.bind(v, true) },
	"Service.TemporaryFileSystem": func(s *settings, v string) { s.list(&s.TemporaryFileSystem, v) },
	"Service.ReadWritePaths":      func(s *settings, v string) { s.list(&s.ReadWritePaths, v) },
	"Service.ReadOnlyPaths":       func(s *settings, v string) { s.list(&s.ReadOnlyPaths, v) },
	"Service.InaccessiblePaths":   func(s *settings, v string) { s.list(&s.InaccessiblePaths, v) },
	"Service.ProtectSystem":       func(s *settings, v string) { s.ProtectSystem = yesOr(v, "full", "strict") },
	"Service.ProtectHome":         func(s *settings, v string) { s.ProtectHome = yesOr(v, "read-only", "tmpfs") },
	"Service.WorkingDirectory":    func(s *settings, v string) { s.WorkingDirectory = s.put(strings.TrimPrefix(v, "-")) },

	"Service.KillMode":    func(s *settings, v string) { s.KillMode = v },
	"Service.KillSignal":  func(s *settings, v string) { s.KillSignal = v },
	"Service.SendSIGKILL": func(s *settings, v string) { s.NoSIGKILL = v != "" && !unitfile.IsYes(v) },
	"Service.Restart":     func(s *settings, v string) { s.Restart = v },
	"Service.RestartSec":  func(s *settings, v string) { s.RestartDelay = timeSpan(v) },
}

// read goes through one file of the unit.
func (s *settings) read(file []unitfile.Assignment) {
	for _, a := range file {
		if set := keys[a.Section+"."+a.Key]; set != nil {
			set(s, a.Value)
		}
	}
}

// finish gives the settings when all files were read.
func (s *settings) finish() model.UnitSettings {
	s.Runs = s.commands > 0
	if s.ambient != 0 {
		s.AmbientCapabilities = s.ambient.names()
	}
	if s.bounding != allCapabilities {
		s.CapabilityBoundingSet = s.bounding.names()
	}
	return s.UnitSettings
}

func (s *settings) put(value string) model.Raw { return model.Raw(s.specifiers.Replace(value)) }

// add adds words to a list that an empty assignment leaves as it is.
func (s *settings) add(list *[]model.Raw, value string) {
	for _, word := range unitfile.Words(value) {
		*list = append(*list, s.put(word))
	}
}

// list adds words to a list; an empty assignment empties it.
func (s *settings) list(list *[]model.Raw, value string) {
	if value == "" {
		*list = nil
	}
	s.add(list, value)
}

// bind reads "[-]SOURCE[:DESTINATION[:OPTIONS]]", again and again. An empty
// assignment of either kind empties both.
func (s *settings) bind(value string, readOnly bool) {
	if value == "" {
		s.BindPaths = nil
	}
	for _, word := range unitfile.Words(value) {
		source, rest, _ := strings.Cut(word, ":")
		destination, _, _ := strings.Cut(rest, ":")
		source, optional := strings.CutPrefix(source, "-")
		if destination == "" {
			destination = source
		}
		s.BindPaths = append(s.BindPaths, model.BindMount{
			Source: s.put(source), Destination: s.put(destination), ReadOnly: readOnly, Optional: optional,
		})
	}
}

// yesOr reads a boolean that knows more words; no is empty.
func yesOr(value string, more ...string) string {
	switch {
	case slices.Contains(more, value):
		return value
	case unitfile.IsYes(value):
		return "yes"
	}
	return ""
}

// spanUnits are the units of systemd.time(7).
var spanUnits = map[string]time.Duration{
	"us": time.Microsecond, "usec": time.Microsecond, "ms": time.Millisecond, "msec": time.Millisecond,
	"": time.Second, "s": time.Second, "sec": time.Second, "second": time.Second, "seconds": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
}

// timeSpan reads "1min 30s"; a number alone is seconds. What it cannot read,
// and "infinity", is 0.
func timeSpan(value string) time.Duration {
	var sum time.Duration
	for rest := strings.TrimSpace(value); rest != ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789."))
		number, err := strconv.ParseFloat(rest[:digits], 64)
		if err != nil {
			return 0
		}
		rest = strings.TrimLeft(rest[digits:], " ")
		letters := len(rest) - len(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz"))
		unit, known := spanUnits[rest[:letters]]
		if !known {
			return 0
		}
		sum += time.Duration(number * float64(unit))
		rest = strings.TrimLeft(rest[letters:], " ")
	}
	return sum
}
