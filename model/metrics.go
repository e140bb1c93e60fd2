package model

import "time"

// MetricFacts are what metrics tell beside an inventory.
type MetricFacts struct {
	Took time.Duration // the observation
	// Operations are those on record; nil: they could not be read.
	Operations                   []Operation
	Version, Revision, GoVersion Raw // of the program
}

// Metrics are the figures of a host. A figure that is unknown is left out: a 0
// would be a claim. No label has a value that is new each time, such as a path
// in the store.
func Metrics(i Inventory, facts MetricFacts) []Metric {
	var all []Metric
	for _, m := range vmMetrics {
		metric := m.Metric
		for at := range i.VMs {
			metric.Samples = append(metric.Samples, m.of(&i.VMs[at])...)
		}
		all = append(all, metric)
	}
	for _, m := range hostMetrics {
		metric := m.Metric
		metric.Samples = m.of(&i, facts)
		all = append(all, metric)
	}
	return all
}

// metricStates are the states that a VM can be known to be in.
var metricStates = []State{
	StateRunning, StatePaused, StateStarting, StateStopping, StateStopped, StateFailed, StateCrashLoop, StateOutside,
}

// vmMetrics are those of each VM.
var vmMetrics = []struct {
	Metric
	of func(*VM) []MetricSample
}{
	{Metric{Name: "microvm_info", Type: MetricGauge, Help: "Origin and hypervisor of a VM; always 1."},
		func(vm *VM) []MetricSample {
			return []MetricSample{sample(1, "vm", vm.Name, "origin", Raw(vm.Origin), "hypervisor", Raw(vm.Hypervisor))}
		}},
	{Metric{Name: "microvm_state", Type: MetricGauge, Help: "State of a VM: 1 for its present state, 0 for each other."}, stateSamples},
	{Metric{Name: "microvm_start_time_seconds", Type: MetricGauge, Help: "Unix time at which a VM that is up was started."},
		func(vm *VM) []MetricSample {
			if vm.Since.IsZero() {
				return nil
			}
			return []MetricSample{sample(float64(vm.Since.UnixMilli())/1e3, "vm", vm.Name)}
		}},
	{Metric{Name: "microvm_restarts_total", Type: MetricCounter, Help: "Automatic restarts of a VM since its last start on request."},
		func(vm *VM) []MetricSample {
			if vm.Restarts == nil {
				return nil
			}
			return []MetricSample{sample(float64(*vm.Restarts), "vm", vm.Name)}
		}},
	{Metric{Name: "microvm_cpu_seconds_total", Type: MetricCounter, Help: "CPU time of all units of a VM on the host, by mode."},
		func(vm *VM) []MetricSample {
			if vm.CPUUserUsec == nil || vm.CPUSystemUsec == nil {
				return nil
			}
			return []MetricSample{
				sample(float64(*vm.CPUUserUsec)/1e6, "vm", vm.Name, "mode", "user"),
				sample(float64(*vm.CPUSystemUsec)/1e6, "vm", vm.Name, "mode", "system"),
			}
		}},
	{Metric{Name: "microvm_memory_bytes", Type: MetricGauge, Help: "Memory of the host that all units of a VM use."},
		func(vm *VM) []MetricSample { return known(vm.Memory, "vm", vm.Name) }},
	{Metric{Name: "microvm_memory_configured_bytes", Type: MetricGauge, Help: "Memory that a VM's runner gives its guest at start."},
		func(vm *VM) []MetricSample { return known(vm.configuredMemory(), "vm", vm.Name) }},
	{Metric{Name: "microvm_network_receive_bytes_total", Type: MetricCounter, Help: "Bytes received by the guest, as the guest sees it, by interface of the host."},
		func(vm *VM) []MetricSample {
			return eachInterface(vm, func(i *Interface) *uint64 { return i.RxBytes })
		}},
	{Metric{Name: "microvm_network_transmit_bytes_total", Type: MetricCounter, Help: "Bytes sent by the guest, as the guest sees it, by interface of the host."},
		func(vm *VM) []MetricSample {
			return eachInterface(vm, func(i *Interface) *uint64 { return i.TxBytes })
		}},
	{Metric{Name: "microvm_disk_read_bytes_total", Type: MetricCounter, Help: "Bytes that all units of a VM read from disks of the host; only where IO accounting is on."},
		func(vm *VM) []MetricSample { return known(vm.DiskRead, "vm", vm.Name) }},
	{Metric{Name: "microvm_disk_written_bytes_total", Type: MetricCounter, Help: "Bytes that all units of a VM wrote to disks of the host; only where IO accounting is on."},
		func(vm *VM) []MetricSample { return known(vm.DiskWritten, "vm", vm.Name) }},
	{Metric{Name: "microvm_directory_bytes", Type: MetricGauge, Help: "Bytes on disk of a VM's state directory."},
		func(vm *VM) []MetricSample {
			if vm.Directory == nil {
				return nil
			}
			return known(vm.Directory.Bytes, "vm", vm.Name)
		}},
	{Metric{Name: "microvm_volume_size_bytes", Type: MetricGauge, Help: "Size of a VM's disk image as its guest sees it."},
		func(vm *VM) []MetricSample { return eachVolume(vm, func(v *Volume) *uint64 { return v.Size }) }},
	{Metric{Name: "microvm_volume_allocated_bytes", Type: MetricGauge, Help: "Bytes on disk of a VM's disk image."},
		func(vm *VM) []MetricSample { return eachVolume(vm, func(v *Volume) *uint64 { return v.Allocated }) }},
	{Metric{Name: "microvm_restart_needed", Type: MetricGauge, Help: "Whether a VM runs an older runner than its next start would."},
		func(vm *VM) []MetricSample {
			switch vm.Freshness {
			case FreshnessCurrent, FreshnessRebootNeeded:
				return []MetricSample{sample(zeroOrOne(vm.Freshness == FreshnessRebootNeeded), "vm", vm.Name)}
			}
			return nil
		}},
	{Metric{Name: "microvm_outdated", Type: MetricGauge, Help: "Whether a VM's flake evaluates to something newer; only where that was asked."},
		func(vm *VM) []MetricSample {
			if vm.Freshness != FreshnessOutdated {
				return nil
			}
			return []MetricSample{sample(1, "vm", vm.Name)}
		}},
}

// stateSamples name the unit, too, as dashboards of systemd's units do.
func stateSamples(vm *VM) (samples []MetricSample) {
	if vm.State == StateUnknown || vm.State == "" {
		return nil
	}
	for _, state := range metricStates {
		samples = append(samples, sample(zeroOrOne(vm.State == state),
			"vm", vm.Name, "name", UnitName(RoleVM, vm.Name), "state", Raw(state)))
	}
	return samples
}

// configuredMemory is what the runner gives its guest that runs, or would
// start; nil: unknown.
func (v *VM) configuredMemory() *uint64 {
	for _, r := range []*Runner{v.BootedFrom, v.Current} {
		if r != nil && r.Guest != nil && r.Guest.Memory != nil {
			return r.Guest.Memory
		}
	}
	return nil
}

func eachInterface(vm *VM, figure func(*Interface) *uint64) (samples []MetricSample) {
	for at := range vm.Interfaces {
		i := &vm.Interfaces[at]
		samples = append(samples, known(figure(i), "vm", vm.Name, "device", i.Name)...)
	}
	return samples
}

func eachVolume(vm *VM, figure func(*Volume) *uint64) (samples []MetricSample) {
	for at := range vm.Volumes {
		v := &vm.Volumes[at]
		samples = append(samples, known(figure(v), "vm", vm.Name, "volume", v.Path)...)
	}
	return samples
}
