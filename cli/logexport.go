package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"microtui/model"
	"microtui/wording"
)

// WriteLog writes a log of some units to its end, as microtui logs does to a
// file: without colours and without anything that a terminal would obey. It
// counts the lines that it wrote. A log without a line is an error that says
// why.
func WriteLog(ctx context.Context, log Log, units []model.Raw, to io.Writer) (lines int, err error) {
	var vms []model.Raw
	for _, unit := range units {
		if _, vm, _ := model.ParseUnitName(unit); !slices.Contains(vms, vm) {
			vms = append(vms, vm)
		}
	}
	text := newLogText(OutputStyle{}, vms)
	for {
		batch, err := log.Next(ctx)
		switch {
		case errors.Is(err, io.EOF) && ctx.Err() != nil:
			return lines, ctx.Err()
		case errors.Is(err, io.EOF):
			return lines, errors.New("the log ended early")
		case err != nil:
			return lines, fmt.Errorf("read log: %w", err)
		}
		if part, _ := text.write(batch); part != "" {
			if _, err := io.WriteString(to, part); err != nil {
				return lines, err
			}
		}
		lines += len(batch.Entries)
		switch {
		case !batch.Done:
		case lines == 0 && batch.Empty != "":
			return 0, errors.New(string(batch.Empty))
		case batch.Fault != "":
			return lines, errors.New(string(batch.Fault))
		case lines == 0:
			return 0, errors.New(wording.NoLines)
		default:
			return lines, nil
		}
	}
}
