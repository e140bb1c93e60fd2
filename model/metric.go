package model

// Metric is one metric of a host, in the form in which Prometheus takes it: a
// family of samples with one meaning.
type Metric struct {
	Name    string
	Type    MetricType
	Help    string
	Samples []MetricSample // what is unknown has none
}

// MetricType is how a metric's figures behave over time.
type MetricType string

// The types of metrics.
const (
	MetricGauge   MetricType = "gauge"
	MetricCounter MetricType = "counter" // only grows, or begins anew
)

// MetricSample is one figure, with what it is the figure of.
type MetricSample struct {
	Labels []MetricLabel
	Value  float64
}

// MetricLabel is one label of a sample.
type MetricLabel struct {
	Name  string
	Value Raw
}

// sample is a sample whose labels are given as name, value, name, value.
func sample(value float64, labels ...Raw) MetricSample {
	s := MetricSample{Value: value}
	for at := 0; at+1 < len(labels); at += 2 {
		s.Labels = append(s.Labels, MetricLabel{string(labels[at]), labels[at+1]})
	}
	return s
}

// known is a sample of a figure, or none of one that is unknown.
func known(value *uint64, labels ...Raw) []MetricSample {
	if value == nil {
		return nil
	}
	return []MetricSample{sample(float64(*value), labels...)}
}

// zeroOrOne is how a metric says no and yes.
func zeroOrOne(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
