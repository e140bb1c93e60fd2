package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manPage is the manual page of a program, for section 1, in the macros that
// groff and mandoc both know (man(7)).
type manPage struct {
	root *cobra.Command
	out  strings.Builder
}

// text is the page as of a day.
func (p *manPage) text(date time.Time) string {
	name := p.root.Name()
	p.line(fmt.Sprintf(`.TH "%s" "1" "%s" "%s" ""`, strings.ToUpper(name), date.Format(time.DateOnly), name))
	p.macro("SH", "NAME")
	p.line(escapeRoff(name + " - " + lowered(p.root.Short)))
	p.macro("SH", "SYNOPSIS")
	p.line(`\fB` + escapeRoff(name) + `\fR [\fIOPTION\fR]... [\fICOMMAND\fR]`)
	p.macro("SH", "DESCRIPTION")
	p.prose(p.root.Long)
	p.macro("SH", "OPTIONS")
	p.options(p.root.PersistentFlags())
	p.macro("SH", "COMMANDS")
	for _, cmd := range p.root.Commands() {
		if cmd.IsAvailableCommand() {
			p.command(cmd)
		}
	}
	return p.out.String()
}

// command is one command: how it is given, what it does, and its options.
func (p *manPage) command(cmd *cobra.Command) {
	p.macro("SS", strings.TrimSuffix(cmd.UseLine(), " [flags]"))
	if cmd.Long != "" {
		p.prose(cmd.Long)
	} else {
		p.prose(cmd.Short + ".")
	}
	if cmd.HasAvailableSubCommands() {
		for _, sub := range cmd.Commands() {
			p.macro("TP")
			p.line(`\fB` + escapeRoff(sub.Name()) + `\fR`)
			p.line(escapeRoff(sub.Short))
		}
	}
	p.options(cmd.LocalNonPersistentFlags())
}

// options are flags, one a tagged paragraph.
func (p *manPage) options(flags *pflag.FlagSet) {
	flags.VisitAll(func(flag *pflag.Flag) {
		if flag.Hidden || flag.Name == "help" {
			return
		}
		value, about := pflag.UnquoteUsage(flag)
		tag := `\fB` + escapeRoff("--"+flag.Name) + `\fR`
		if flag.Shorthand != "" {
			tag = `\fB` + escapeRoff("-"+flag.Shorthand) + `\fR, ` + tag
		}
		if value != "" {
			tag += ` \fI` + escapeRoff(value) + `\fR`
		}
		p.macro("TP")
		p.line(tag)
		p.line(escapeRoff(about))
	})
}

// prose is text of paragraphs that blank lines part. What is indented stays in
// lines of its own. The first follows a heading, which begins a paragraph.
func (p *manPage) prose(text string) {
	first, within, literal := true, false, false
	set := func(to bool) {
		if to != literal {
			p.macro(map[bool]string{true: "nf", false: "fi"}[to])
		}
		literal = to
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		if line == "" {
			set(false)
			within = false
			continue
		}
		set(strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t"))
		if !within && !first {
			p.macro("PP")
		}
		first, within = false, true
		p.line(escapeRoff(line))
	}
	set(false)
}

func (p *manPage) macro(name string, arguments ...string) {
	p.out.WriteString("." + name)
	for _, argument := range arguments {
		fmt.Fprintf(&p.out, ` "%s"`, strings.ReplaceAll(escapeRoff(argument), `"`, `\(dq`))
	}
	p.out.WriteByte('\n')
}

func (p *manPage) line(text string) { p.out.WriteString(text + "\n") }

// roffSigns are what roff gives a meaning of its own, or typesets as another
// sign: a hyphen where somebody would copy a minus.
var roffSigns = strings.NewReplacer(`\`, `\(rs`, "-", `\-`, "'", `\(aq`, "^", `\(ha`, "~", `\(ti`, "`", `\(ga`, "…", "...", "–", `\(en`)

func escapeRoff(text string) string {
	text = roffSigns.Replace(text)
	if strings.HasPrefix(text, ".") {
		return `\&` + text // no macro
	}
	return text
}

// lowered is a sentence that goes on after a dash.
func lowered(text string) string { return strings.ToLower(text[:1]) + text[1:] }
