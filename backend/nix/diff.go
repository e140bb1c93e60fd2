package nix

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"microtui/model"
)

// maxDifferences is how many differences are remembered. They never change:
// two paths in the store are always the same.
const maxDifferences = 64

// Diff tells how the closure of one path in the store differs from that of
// another. Both have to be there; an error is a [Failure], or ctx's.
func (p *Program) Diff(ctx context.Context, before, after model.Raw) (model.ClosureDiff, error) {
	for _, path := range []model.Raw{before, after} {
		if !isStorePath(path) {
			return model.ClosureDiff{}, fmt.Errorf("%w: %q is not a path in the Nix store", model.ErrRefused, string(path))
		}
	}
	pair := [2]model.Raw{before, after}
	p.mu.Lock()
	known, found := p.differences[pair]
	p.mu.Unlock()
	if found {
		return known, nil
	}
	diff, err := p.diff(ctx, before, after)
	if err != nil {
		return diff, fmt.Errorf("compare %s with %s: %w", nameInStore(string(before)), nameInStore(string(after)), err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.differences) >= maxDifferences {
		clear(p.differences)
	}
	p.differences[pair] = diff
	return diff, nil
}

func (p *Program) diff(ctx context.Context, before, after model.Raw) (model.ClosureDiff, error) {
	diff := model.ClosureDiff{Before: before, After: after}
	changes, err := p.ask(ctx, "store", "diff-closures", "--", string(before), string(after))
	if err != nil {
		return diff, err
	}
	// Not as JSON: that has had three forms, and the text one.
	sizes, err := p.ask(ctx, "path-info", "--closure-size", "--", string(before), string(after))
	if err != nil {
		return diff, err
	}
	diff.Changes = parseChanges(changes)
	bytes := parseSizes(sizes)
	diff.BytesBefore, diff.BytesAfter = bytes[before], bytes[after]
	return diff, nil
}

// ask gives the answer of a nix that only reads the store.
func (p *Program) ask(ctx context.Context, command ...string) (string, error) {
	var out answer
	words := newWords("", nil)
	said := lineWriter{take: words.other}
	err := p.run(ctx, arguments(command...), nil, &out, &said)
	said.end()
	if err != nil && ctx.Err() == nil {
		return "", words.failure(err)
	}
	return out.String(), err
}

// parseSizes reads lines of a path and the size of its closure in bytes.
func parseSizes(text string) map[model.Raw]*uint64 {
	sizes := map[model.Raw]*uint64{}
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) == 2 {
			if size, err := strconv.ParseUint(fields[1], 10, 64); err == nil {
				sizes[model.Raw(fields[0])] = &size
			}
		}
	}
	return sizes
}

// parseChanges reads what diff-closures says (src/nix/diff-closures.cc), as in
//
//	dolphin: 20.08.1 → 20.08.2, +13.9 KiB
//	kdeconnect: 20.08.2 → ∅, -6597.8 KiB
//	bluez-qt: +12.6 KiB
//
// and, of Determinate Nix,
//
//	hello: 1.2 added, 12.3 KiB
//	hello: 1.2 removed, -12.3 KiB
//
// Lix leaves out what differs in size only. Names and versions hold neither
// colons, commas nor spaces: they are parts of names in the store. A line of
// another form is kept as it is.
func parseChanges(text string) []model.ClosureChange {
	var all []model.ClosureChange
	for line := range strings.Lines(plain(text)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		change, ok := parseChange(line)
		if !ok {
			change = model.ClosureChange{Line: model.Raw(line)}
		}
		all = append(all, change)
	}
	return all
}

func parseChange(line string) (change model.ClosureChange, ok bool) {
	name, rest, _ := strings.Cut(line, ": ")
	if name == "" || strings.Contains(name, " ") {
		return change, false
	}
	change.Package = model.Raw(name)
	at := strings.LastIndex(rest, ", ")
	bytes, sized := parseSize(rest[max(at, 0):])
	if sized {
		change.Bytes, rest = bytes, rest[:max(at, 0)]
	}
	if rest == "" {
		return change, sized
	}
	before, after, changed := strings.Cut(rest, " → ")
	if added, is := strings.CutSuffix(rest, " added"); is {
		before, after, changed = "∅", added, true
	} else if removed, is := strings.CutSuffix(rest, " removed"); is {
		before, after, changed = removed, "∅", true
	}
	change.Before, ok = parseVersions(before)
	if !ok || !changed {
		return change, false
	}
	change.After, ok = parseVersions(after)
	return change, ok
}

// parseVersions reads a list of versions: ∅ is none, ε one that is empty.
func parseVersions(text string) (all []model.Raw, ok bool) {
	if text == "∅" {
		return nil, true
	}
	for version := range strings.SplitSeq(text, ", ") {
		if version == "" || strings.ContainsAny(version, " :") {
			return nil, false
		}
		if version == "ε" {
			version = ""
		}
		all = append(all, model.Raw(version))
	}
	return all, true
}

var sizeUnits = map[string]float64{"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}

// parseSize reads "+13.9 KiB"; older versions of nix know no larger unit.
func parseSize(text string) (int64, bool) {
	number, unit, _ := strings.Cut(strings.TrimPrefix(text, ", "), " ")
	factor := sizeUnits[unit]
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || factor == 0 || !(math.Abs(value*factor) < 1e18) {
		return 0, false
	}
	return int64(value * factor), true
}
