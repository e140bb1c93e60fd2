package model

import "slices"

// hostMetrics are those of the host as a whole, and of the program.
var hostMetrics = []struct {
	Metric
	of func(*Inventory, MetricFacts) []MetricSample
}{
	{Metric{Name: "microvm_leftovers", Type: MetricGauge, Help: "Things that look left over, VMs among them, by kind and verdict."}, leftoverSamples},
	{Metric{Name: "microvm_leftover_bytes", Type: MetricGauge, Help: "Bytes on disk of what looks left over, by verdict."}, leftoverByteSamples},
	{Metric{Name: "microvm_doctor_findings", Type: MetricGauge, Help: "Findings of microtui doctor, by severity."}, findingSamples},
	{Metric{Name: "microtui_source_up", Type: MetricGauge, Help: "Whether a source of facts about the host could be read in full."},
		func(i *Inventory, _ MetricFacts) (samples []MetricSample) {
			for _, source := range Sources {
				samples = append(samples, sample(zeroOrOne(!i.hasFault(source)), "source", Raw(source)))
			}
			return samples
		}},
	{Metric{Name: "microtui_observation_duration_seconds", Type: MetricGauge, Help: "Time that reading the host took."},
		func(_ *Inventory, f MetricFacts) []MetricSample { return []MetricSample{sample(f.Took.Seconds())} }},
	{Metric{Name: "microtui_trash_bytes", Type: MetricGauge, Help: "Bytes on disk of what is in the trash."},
		func(i *Inventory, _ MetricFacts) []MetricSample {
			if i.trashUnseen() {
				return nil
			}
			var sum tally
			for at := range i.Trash {
				if !i.Trash[at].Missing {
					sum.add(i.Trash[at].Bytes)
				}
			}
			return sum.samples()
		}},
	{Metric{Name: "microtui_trash_entries", Type: MetricGauge, Help: "Entries of the trash."},
		func(i *Inventory, _ MetricFacts) []MetricSample {
			if i.trashUnseen() {
				return nil
			}
			return []MetricSample{sample(float64(len(i.Trash)))}
		}},
	{Metric{Name: "microtui_operations", Type: MetricGauge, Help: "Operations on record, by state."}, operationSamples},
	{Metric{Name: "microtui_build_info", Type: MetricGauge, Help: "Version of microtui; always 1."},
		func(_ *Inventory, f MetricFacts) []MetricSample {
			return []MetricSample{sample(1, "version", f.Version, "revision", f.Revision, "goversion", f.GoVersion)}
		}},
}

// doubtful are the verdicts on what looks left over.
var doubtful = []Verdict{VerdictOrphan, VerdictSuspect, VerdictUnclear}

// countedLeftovers are the kinds that are counted, each with the source without
// which none of it is seen.
var countedLeftovers = []struct {
	kind   Kind
	source Source
}{
	{KindVM, SourceStateDir}, {KindStateDir, SourceStateDir}, {KindTap, SourceNetwork}, {KindMacvtap, SourceNetwork},
	{KindUnit, SourceSystemd}, {KindGCRoot, SourceGCRoots}, {KindProcess, SourceProcesses},
}

// leftoverSamples count 0 too: of what could be seen, that there is none is
// known.
func leftoverSamples(i *Inventory, _ MetricFacts) (samples []MetricSample) {
	type key struct {
		kind    Kind
		verdict Verdict
	}
	count := make(map[key]int)
	for at := range i.VMs {
		count[key{KindVM, i.VMs[at].Verdict}]++
	}
	for at := range i.Leftovers {
		count[key{i.Leftovers[at].Ref.Kind, i.Leftovers[at].Verdict}]++
	}
	for _, counted := range countedLeftovers {
		if i.hasFault(counted.source) {
			continue
		}
		for _, verdict := range doubtful {
			samples = append(samples, sample(float64(count[key{counted.kind, verdict}]),
				"kind", Raw(counted.kind), "verdict", Raw(verdict)))
		}
	}
	return samples
}

func leftoverByteSamples(i *Inventory, _ MetricFacts) (samples []MetricSample) {
	if i.hasFault(SourceStateDir) {
		return nil
	}
	for _, verdict := range doubtful {
		var sum tally
		for at := range i.VMs {
			if vm := &i.VMs[at]; vm.Verdict == verdict && vm.Directory != nil {
				sum.add(vm.Directory.Bytes)
			}
		}
		for at := range i.Leftovers {
			if l := &i.Leftovers[at]; l.Verdict == verdict && l.Ref.Kind == KindStateDir {
				sum.add(l.Bytes)
			}
		}
		samples = append(samples, sum.samples("verdict", Raw(verdict))...)
	}
	return samples
}

// tally is a sum, unknown where one of what it adds up is.
type tally struct {
	sum     uint64
	unknown bool
}

func (t *tally) add(n *uint64) {
	if n == nil {
		t.unknown = true
		return
	}
	t.sum += *n
}

func (t tally) samples(labels ...Raw) []MetricSample {
	if t.unknown {
		return nil
	}
	return known(&t.sum, labels...)
}

func findingSamples(i *Inventory, _ MetricFacts) (samples []MetricSample) {
	if i.Findings == nil {
		return nil
	}
	for _, severity := range []Severity{SeverityError, SeverityWarning, SeverityInfo} {
		n := 0
		for at := range i.Findings {
			if i.Findings[at].Severity == severity {
				n++
			}
		}
		samples = append(samples, sample(float64(n), "severity", Raw(severity)))
	}
	return samples
}

func operationSamples(_ *Inventory, f MetricFacts) (samples []MetricSample) {
	if f.Operations == nil {
		return nil
	}
	for _, state := range []OperationState{OperationRunning, OperationDone, OperationFailed, OperationInterrupted, OperationUndone} {
		n := 0
		for at := range f.Operations {
			if f.Operations[at].State == state {
				n++
			}
		}
		samples = append(samples, sample(float64(n), "state", Raw(state)))
	}
	return samples
}

// trashUnseen: only root sees the trash.
func (i *Inventory) trashUnseen() bool { return i.hasFault(SourceTrash) || !i.Host.Privileged }

func (i *Inventory) hasFault(source Source) bool {
	return slices.ContainsFunc(i.Faults, func(f Fault) bool { return f.Source == source })
}
