// Package text knows how text from outside is kept, and how it is made safe to
// show: [Raw] is what was read, byte for byte; [SafeText] is what a renderer
// may write to a terminal, and comes from [Safe] alone; a [Span] is a piece of a
// log line in the [Style] that its guest asked for.
//
// It must not know what any text is about, nor how a style is painted: names
// of VMs and lines of a log are alike to it.
package text
