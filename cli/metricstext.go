package cli

import (
	"strconv"
	"strings"

	"microtui/model"
)

// metricsText is metrics in Prometheus' text format, version 0.0.4. A metric
// without a sample is left out with its head.
func metricsText(all []model.Metric) string {
	var out strings.Builder
	for _, m := range all {
		if len(m.Samples) == 0 {
			continue
		}
		out.WriteString("# HELP " + m.Name + " " + helpEscapes.Replace(m.Help) + "\n")
		out.WriteString("# TYPE " + m.Name + " " + string(m.Type) + "\n")
		for _, sample := range m.Samples {
			out.WriteString(m.Name)
			writeLabels(&out, sample.Labels)
			out.WriteString(" " + strconv.FormatFloat(sample.Value, 'f', -1, 64) + "\n")
		}
	}
	return out.String()
}

var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	labelEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

func writeLabels(out *strings.Builder, labels []model.MetricLabel) {
	before := "{"
	for _, label := range labels {
		out.WriteString(before)
		out.WriteString(label.Name)
		out.WriteString(`="`)
		_, _ = labelEscapes.WriteString(out, label.Value.Escaped()) // a label's value has to be UTF-8
		out.WriteString(`"`)
		before = ","
	}
	if len(labels) > 0 {
		out.WriteString("}")
	}
}
