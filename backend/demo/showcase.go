package demo

import (
	"time"

	"microtui/model"
)

const day = 24 * time.Hour

// New is the populated host of the demo: a VM of every origin, state and
// freshness, and every kind of leftover, with some years of life in it. The
// same seed gives the same host.
func New(seed uint64) *Host {
	h := NewHost(Settings{Seed: seed})
	h.cast()
	h.longAgo()
	h.removals()
	h.lately()
	h.leaveBehind()
	h.neighbours()
	h.start("crash")
	h.CrashLoop("crash", 4*time.Second, 3)
	h.moods()
	h.Pass(3710 * time.Second) // 412 turns
	return h
}

// cast writes the sources of all VMs.
func (h *Host) cast() {
	store := func(host model.Raw) model.Share {
		return model.Share{Tag: "store", Source: "/nix/store", Socket: host + "-virtiofs-store.sock"}
	}
	tap := func(name model.Raw) []model.Raw { return []model.Raw{"vm-" + name} }
	cid := uint32(17)
	for _, g := range []Guest{
		{Name: "api", Taps: tap("api"), Shares: []model.Share{store("api")}},
		{Name: "archive", Volumes: []model.Raw{"archive.img"}},
		{Name: "build", Hypervisor: "cloud-hypervisor", Taps: tap("build"), Volumes: []model.Raw{"cache.img"}},
		{Name: "cache", Taps: tap("cache")},
		{Name: "ci", Taps: tap("ci")},
		{Name: "crash", Taps: tap("crash"), Shares: []model.Share{store("crash")}},
		{Name: "db", Taps: tap("db"), Volumes: []model.Raw{"postgres.img"}, Shares: []model.Share{store("db")}},
		{Name: "edge", Macvtaps: []model.MacvtapEntry{{Name: "mv-edge", MAC: "02:00:00:00:0e:01", Link: "eno1", Mode: "bridge"}}},
		{Name: "git", HostName: "forge", Taps: tap("git"), Volumes: []model.Raw{"repos.img"}, Shares: []model.Share{store("forge")}},
		{Name: "gone", Taps: tap("gone"), Macvtaps: []model.MacvtapEntry{{Name: "mv-gone", MAC: "02:00:00:00:90:01", Link: "eno1", Mode: "private"}}},
		{Name: "grafana", Taps: tap("grafana")},
		{Name: "lab", Hypervisor: "firecracker", Taps: tap("lab"), CID: &cid},
		{Name: "mail", Taps: tap("mail"), Volumes: []model.Raw{"spool.img"}, Shares: []model.Share{store("mail"), {Tag: "maildir", Source: "/srv/mail", Socket: "mail-virtiofs-maildir.sock"}}},
		{Name: "media", Unmade: []model.Raw{"mv-media"}, Volumes: []model.Raw{"library.img"}},
		{Name: "ntp"},
		{Name: "old-web", Taps: tap("old-web"), Volumes: []model.Raw{"www.img"}},
		{Name: "queue", Taps: tap("queue"), Volumes: []model.Raw{"spool.img"}},
		{Name: "removed", Taps: tap("removed"), Shares: []model.Share{store("removed")}},
		{Name: "scratch"},
		{Name: "stale", Taps: tap("stale"), Shares: []model.Share{store("stale")}},
		{Name: "staging", Taps: tap("staging")},
		{Name: "twin", Taps: tap("db")},
		{Name: "vault", Hypervisor: "kvmtool", Taps: tap("vault")},
		{Name: "web", Taps: tap("web"), Shares: []model.Share{store("web"), {Tag: "secrets", Source: "/run/secrets", Socket: "web-virtiofs-secrets.sock"}}},
	} {
		h.Write(g)
	}
}

// longAgo is the first year: what the oldest generations declared can no
// longer be looked up, so old-web is not proven.
func (h *Host) longAgo() {
	h.RotateSecrets()
	h.Declare("old-web", ByConfig, true)
	h.rebuilds(6, 9*day)
	h.Stop("old-web")
	h.Undeclare("old-web")
	h.rebuilds(20, 6*day)
	h.DeleteGenerations()
	for _, name := range []model.Raw{"db", "grafana", "ntp", "queue", "removed", "vault", "web"} {
		h.Declare(name, ByConfig, true)
	}
	h.Declare("archive", ByConfig, false)
	h.Declare("mail", ByConfig, false)
	h.Declare("cache", ByFlake, true)
	h.Declare("git", ByUpdateFlake, true)
	h.Declare("stale", ByFlake, true)
	h.rebuilds(8, 4*day)
	h.Create("build")
	h.Create("twin")
	h.Manual("ci", uidRoot)
}

// rebuilds switches again and again, as hosts do.
func (h *Host) rebuilds(n int, every time.Duration) {
	for range n {
		h.Pass(every)
		h.Switch()
	}
}

// removals takes VMs out of the configuration, 40 days ago: one of them goes
// on running.
func (h *Host) removals() {
	h.Reboot()
	h.Deploy("edge")
	h.Edit("edge", false)
	h.Deploy("edge")
	h.start("edge")
	h.Deploy("media")
	h.Pass(2 * day)
	h.Stop("queue")
	h.Undeclare("queue")
	h.Undeclare("archive")
	h.Keep(model.KindVM, "archive", "until the audit is over")
	h.rebuilds(2, 3*day)
	h.Undeclare("removed")
	h.rebuilds(3, 7*day)
}

// lately is the last fortnight.
func (h *Host) lately() {
	h.Create("api")
	h.start("api")
	h.Pass(5 * day)
	h.Edit("stale", false) // restartIfChanged is off for flakes
	h.Declare("crash", ByConfig, false)
	h.rebuilds(1, 3*day)
	h.Edit("grafana", false)
	h.Deploy("grafana")
	h.Create("lab")
	h.start("lab")
	h.Deafen("lab")
	h.Pass(3*day + 7*time.Hour)
	h.LoseSource("/srv/mail")
	h.HelperFails("mail")
	h.RotateSecrets() // web serves the generation before
	h.Detach("vm-vault")
	h.Create("scratch")
	h.RunOutside("scratch", uidAdmin)
	h.Declare("staging", ByConfig, true)
	h.BootOnly()
	for _, name := range []model.Raw{"api", "build"} { // their flakes say something newer
		h.Edit(name, false)
	}
}

// leaveBehind makes the leftovers: a directory deleted under a running VM, and
// what its stop then cannot take down.
func (h *Host) leaveBehind() {
	h.Create("gone")
	h.start("gone")
	h.Pass(20 * time.Minute)
	h.Remove("gone")
	h.Stop("gone")
	h.ForeignDirectory("import-2025")
}

// neighbours are other people's things.
func (h *Host) neighbours() {
	h.Libvirt()
	h.VPN()
	h.Docker()
	h.NetworkdTap("vm-lan", false)
	h.UserTap("tap-admin")
}

// start starts a VM of the cast, which cannot fail.
func (h *Host) start(name model.Raw) {
	if !h.Start(name) {
		panic("demo: " + string(name) + " does not start")
	}
}

// moods gives the best-known VMs their figures; two never move.
func (h *Host) moods() {
	const mib, kib = 1 << 20, 1 << 10
	for _, m := range []struct {
		name                       model.Raw
		cpu, memory, receive, send float64
	}{
		{"api", 0.003, 212 * mib, 1.2 * kib, 0.4 * kib},
		{"cache", 0.011, 640 * mib, 21 * kib, 160 * kib},
		{"db", 0.021, 1130 * mib, 88 * kib, 91 * kib},
		{"edge", 0.064, 148 * mib, 740 * kib, 712 * kib},
		{"git", 0.008, 530 * mib, 6 * kib, 31 * kib},
		{"grafana", 0.031, 305 * mib, 14 * kib, 9 * kib},
		{"web", 0.18, 420 * mib, 96 * kib, 1400 * kib},
	} {
		l := &h.instance(m.name).load
		l.cpu, l.memory, l.receive, l.send = m.cpu, m.memory, m.receive, m.send
	}
	for _, name := range []model.Raw{"ntp", "vault", "removed", "stale"} {
		l := &h.instance(name).load
		l.memory, l.resides = 96*mib, 96*mib
		l.still = name == "ntp" || name == "vault"
		l.cpu, l.receive, l.send = l.cpu/50, 0, 0
	}
}
