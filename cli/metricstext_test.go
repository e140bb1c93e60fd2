package cli

import (
	"testing"

	"microtui/model"
)

// A name is whatever somebody called a file: it stays in its label, and two
// names stay two.
func TestMetricsText(t *testing.T) {
	sample := func(value float64, vm model.Raw) model.MetricSample {
		return model.MetricSample{Value: value, Labels: []model.MetricLabel{{Name: "vm", Value: vm}, {Name: "n", Value: "1"}}}
	}
	got := metricsText([]model.Metric{
		{Name: "a", Type: model.MetricGauge, Help: "A line\\\nand one.", Samples: []model.MetricSample{
			sample(1, "x\"} 7\n# EOF"), sample(12345678901, "a\\b"), sample(0.5, "\xff"), sample(0.25, "ÿ"),
		}},
		{Name: "unknown", Type: model.MetricGauge, Help: "Nothing."},
		{Name: "c_total", Type: model.MetricCounter, Help: "C.", Samples: []model.MetricSample{{Value: 3}}},
	})
	const want = `# HELP a A line\\\nand one.
# TYPE a gauge
a{vm="x\"} 7\n# EOF",n="1"} 1
a{vm="a\\\\b",n="1"} 12345678901
a{vm="\\xff",n="1"} 0.5
a{vm="ÿ",n="1"} 0.25
# HELP c_total C.
# TYPE c_total counter
c_total 3
`
	if got != want {
		t.Errorf("%s", got)
	}
}
