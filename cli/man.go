package cli

import (
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

// manCommand writes the manual page, for whoever packages the program.
func (s *session) manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man", Short: "Write the manual page", Hidden: true, Args: noNames,
		RunE: func(cmd *cobra.Command, _ []string) error {
			date, err := sourceDate()
			if err != nil {
				return err
			}
			page := manPage{root: cmd.Root()}
			s.answer.WriteString(page.text(date))
			return nil
		},
	}
}

// sourceDate is the date of what this was built from, so that two builds of it
// are the same: SOURCE_DATE_EPOCH (reproducible-builds.org/specs), else that of
// the revision, else today.
func sourceDate() (time.Time, error) {
	if text, ok := os.LookupEnv("SOURCE_DATE_EPOCH"); ok {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return time.Time{}, usage("man: SOURCE_DATE_EPOCH is %q, not a number of seconds", text)
		}
		return time.Unix(seconds, 0).UTC(), nil
	}
	if committed := readBuild().Time; committed != nil {
		if at, err := time.Parse(time.RFC3339, *committed); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Now().UTC(), nil
}
