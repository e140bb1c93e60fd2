// Command run measures what it costs the whole machine to look at a host, in
// labs of 20, 300 and 1,000 running VMs: microtui beside what people would run
// instead. See ../README.md.
//
//	go run ./bench/run                          everything, in about half an hour
//	go run ./bench/run -beside OLD              another build of microtui as well
//	go run ./bench/run -vms 300 -only 'list|shell'
//
// It needs root and what a lab needs, and says what is missing.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"microtui/lab"
)

// plan is what is to be measured on one host.
type plan struct {
	VMs    int
	For    time.Duration // of watching
	Runs   int           // of an answer, and of a start
	Only   string        // programs, by a regular expression; empty: all
	Beside bool          // another build of microtui is there
}

func main() {
	lab.Init()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	sizes := flag.String("vms", "20,300,1000", "how many VMs run on each host")
	beside := flag.String("beside", "", "another `build` of microtui to measure in the same run")
	check := flag.Bool("check", false, "fail where a ratio does not hold, or could not be measured")
	var p plan
	flag.DurationVar(&p.For, "for", time.Minute, "how long each program watches")
	flag.IntVar(&p.Runs, "runs", 5, "how often an answer is asked for, and a program started")
	flag.StringVar(&p.Only, "only", "", "measure only programs that match this `regexp`")
	flag.Parse()
	if _, err := regexp.Compile(p.Only); err != nil {
		return err
	}
	if flag.NArg() > 0 || p.Runs < 1 || p.For < time.Second {
		return errors.New("usage: run [flags]; -runs is 1 at least, -for is 1s at least")
	}
	p.Beside = *beside != ""
	program, err := lab.BuildProgram()
	if err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Dir(program))
	var results []result
	for text := range strings.SplitSeq(*sizes, ",") {
		vms, err := strconv.Atoi(text)
		if err != nil || vms < 1 {
			return fmt.Errorf("-vms: %q is no number of VMs", text)
		}
		p.VMs = vms
		r, err := measureHost(p, program, *beside)
		if err != nil {
			return err
		}
		fmt.Print(r.table(), "\n")
		results = append(results, r)
	}
	text, all := judge(results)
	fmt.Print(text)
	if *check && !all {
		return errors.New("not everything holds")
	}
	return nil
}

// measureHost boots a lab and measures there.
func measureHost(p plan, program, beside string) (r result, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	files := map[string]string{programName: self, filepath.Base(lab.ProgramPath): program}
	if p.Beside {
		files[besideName] = beside
	}
	for _, s := range screens() {
		if path, err := exec.LookPath(s.program()); err == nil && s.peer {
			files[s.program()] = path
		}
	}
	ctx := context.Background()
	start := time.Now()
	l, err := lab.Boot(ctx, lab.Options{Files: files, Beside: true})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	fmt.Fprintf(os.Stderr, "bench: %d VMs: lab up after %.1f s\n", p.VMs, time.Since(start).Seconds())
	wish, err := json.Marshal(p)
	if err != nil {
		return r, err
	}
	inside := l.RoleCommand(ctx, roleMeasure, lab.Folder+"/"+programName, string(wish))
	inside.Stderr = os.Stderr
	out, err := inside.Output()
	if err != nil {
		return r, fmt.Errorf("measure %d VMs: %w", p.VMs, err)
	}
	return r, json.Unmarshal(out, &r)
}
