package wording

import (
	"microtui/model"
	"microtui/model/text"
)

// CPU is how much of a core a VM uses; empty: unknown.
func CPU(rate model.Rate) text.SafeText {
	if rate.CPUPercent == nil {
		return ""
	}
	return model.FormatPercent(*rate.CPUPercent)
}

// Bytes is a number of bytes; empty: unknown.
func Bytes(bytes *uint64) text.SafeText {
	if bytes == nil {
		return ""
	}
	return model.FormatBytes(*bytes)
}

// Net is what a VM receives and sends a second; empty: unknown.
func Net(rate model.Rate) text.SafeText {
	if rate.RxPerSecond == nil || rate.TxPerSecond == nil {
		return ""
	}
	return model.FormatRate(*rate.RxPerSecond) + "/" + model.FormatRate(*rate.TxPerSecond)
}
