package cli

import (
	"encoding/json"
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
	for at, label := range labels {
		out.WriteString(map[bool]string{true: "{", false: ","}[at == 0])
		out.WriteString(label.Name + `="` + labelEscapes.Replace(showable(label.Value)) + `"`)
	}
	if len(labels) > 0 {
		out.WriteString("}")
	}
}

// showable is text from outside as a label's value: it has to be UTF-8, and two
// values that differ stay two. It is what --json has.
func showable(value model.Raw) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	var decoded string
	if json.Unmarshal(encoded, &decoded) != nil {
		return ""
	}
	return decoded
}
