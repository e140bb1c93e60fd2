package config

import (
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// written is something that a file sets, or a table that it opens.
type written struct {
	path  []string
	line  int
	value any // nil: a table
	list  bool
}

// problem is an error in a file.
type problem struct {
	line int
	text string
}

// parseTOML gives what a text sets in the order in which it stands there.
// Values come from the decoder, which checks the whole; where they stand is
// known to its parser only (the decoder's own errors know it for what they
// reject, and name a key in an inline table without the tables around it).
func parseTOML(text []byte) ([]written, *problem) {
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		var wrong *toml.DecodeError
		if !errors.As(err, &wrong) {
			return nil, &problem{1, err.Error()}
		}
		line, _ := wrong.Position()
		return nil, &problem{line, strings.TrimPrefix(wrong.Error(), "toml: ")}
	}
	walk := walker{tree: tree}
	walk.parser.Reset(text)
	for walk.parser.NextExpression() {
		walk.expression(walk.parser.Expression())
	}
	return walk.all, nil
}

// walker goes over the expressions of a text that the decoder has accepted.
type walker struct {
	parser unstable.Parser
	tree   map[string]any
	table  []string // the one that is open
	all    []written
}

func (w *walker) expression(node *unstable.Node) {
	switch node.Kind {
	case unstable.Table, unstable.ArrayTable:
		path, line := w.key(nil, node)
		w.table = path
		w.all = append(w.all, written{path: path, line: line, list: node.Kind == unstable.ArrayTable})
	case unstable.KeyValue:
		w.keyValue(w.table, node)
	}
}

// keyValue adds a key with its value; of an inline table each of its own.
func (w *walker) keyValue(table []string, node *unstable.Node) {
	path, line := w.key(table, node)
	if value := node.Value(); value.Kind == unstable.InlineTable {
		w.all = append(w.all, written{path: path, line: line})
		for children := value.Children(); children.Next(); {
			w.keyValue(path, children.Node())
		}
		return
	}
	w.all = append(w.all, written{path: path, line: line, value: w.lookUp(path)})
}

// key is the whole path of a node's key, and its line.
func (w *walker) key(table []string, node *unstable.Node) (path []string, line int) {
	path = append(path, table...)
	for parts := node.Key(); parts.Next(); {
		part := parts.Node()
		path = append(path, string(part.Data))
		line = w.parser.Shape(part.Raw).Start.Line
	}
	return path, line
}

// lookUp is the decoded value at a path; nil below a list of tables, which no
// setting is.
func (w *walker) lookUp(path []string) any {
	var at any = w.tree
	for _, part := range path {
		table, is := at.(map[string]any)
		if !is {
			return nil
		}
		at = table[part]
	}
	return at
}
