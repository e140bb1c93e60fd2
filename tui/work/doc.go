// Package work is what was asked of a host on this screen, and what goes on
// there: orders, which systemd carries out as jobs, and operations. It takes
// what came of them, remembers how far each is, and answers with intents: what
// to do next, and what to tell. It asks nobody anything itself, and must not
// know how any of it is shown.
package work
