package statedir

import "strings"

// commandWords are the words of the command that microvm-run becomes in the
// end, its last line that begins with exec.
func commandWords(text string) []string {
	at := -1
	for start := 0; start < len(text); {
		line, _, _ := strings.Cut(text[start:], "\n")
		if isExec(line) {
			at = start
		}
		start += len(line) + 1
	}
	if at < 0 {
		return nil
	}
	return splitWords(text[at:])
}

// isExec tells the command from lines that only open a file: exec 3<>FILE.
func isExec(line string) bool {
	rest, found := strings.CutPrefix(strings.TrimLeft(line, " \t"), "exec ")
	return found && (rest == "" || rest[0] < '0' || rest[0] > '9')
}

// splitWords splits a command of a shell into its words, up to the end of the
// command. Quotes are removed; a $(…) stays as it is, whatever is in it.
func splitWords(text string) []string {
	s := splitter{text: text}
	for s.next() {
	}
	s.endWord()
	return s.words
}

type splitter struct {
	text   string
	words  []string
	word   []byte
	inWord bool
}

// next takes what comes next in the text; false at the end of the command.
func (s *splitter) next() bool {
	if s.text == "" {
		return false
	}
	switch c := s.text[0]; {
	case c == '\n' || c == ';' || c == '&' || c == '|':
		return false
	case c == ' ' || c == '\t':
		s.endWord()
		s.text = s.text[1:]
	case c == '\'':
		quoted, rest, _ := strings.Cut(s.text[1:], "'")
		s.add(quoted)
		s.text = rest
	case c == '"':
		s.text = s.text[1:]
		s.doubleQuoted()
	case strings.HasPrefix(s.text, "\\\n"):
		s.text = s.text[2:]
	case c == '\\' && len(s.text) > 1:
		s.add(s.text[1:2])
		s.text = s.text[2:]
	case strings.HasPrefix(s.text, "$("):
		end := endOfSubstitution(s.text)
		s.add(s.text[:end])
		s.text = s.text[end:]
	default:
		s.add(s.text[:1])
		s.text = s.text[1:]
	}
	return true
}

func (s *splitter) doubleQuoted() {
	s.add("")
	for s.text != "" {
		c := s.text[0]
		s.text = s.text[1:]
		if c == '"' {
			return
		}
		if c == '\\' && s.text != "" {
			c = s.text[0]
			s.text = s.text[1:]
		}
		s.word = append(s.word, c)
	}
}

// endOfSubstitution is where the $( at the start of a text ends.
func endOfSubstitution(text string) int {
	depth := 0
	for i, c := range []byte(text) {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

func (s *splitter) add(text string) {
	s.word = append(s.word, text...)
	s.inWord = true
}

func (s *splitter) endWord() {
	if s.inWord {
		s.words = append(s.words, string(s.word))
	}
	s.word, s.inWord = s.word[:0], false
}
