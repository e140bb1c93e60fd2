package wording

import "microtui/model"

func CPU(rate model.Rate) model.SafeText {
	if rate.CPUPercent == nil {
		return ""
	}
	return model.FormatPercent(*rate.CPUPercent)
}

func Memory(bytes *uint64) model.SafeText {
	if bytes == nil {
		return ""
	}
	return model.FormatBytes(*bytes)
}

func Net(rate model.Rate) model.SafeText {
	if rate.RxPerSecond == nil || rate.TxPerSecond == nil {
		return ""
	}
	return model.FormatRate(*rate.RxPerSecond) + "/" + model.FormatRate(*rate.TxPerSecond)
}
