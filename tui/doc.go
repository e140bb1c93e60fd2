// Package tui is the screen: the only Bubble Tea model, its pages, and what
// keys do.
//
// It knows inventories and how to show them. It must not know where they come
// from (it takes them through [Host]), it reads nothing and changes nothing,
// and it writes to the terminal only through tui/terminal. Text from outside
// reaches a line only as [text.SafeText].
package tui
