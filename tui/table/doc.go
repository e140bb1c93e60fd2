// Package table is a list of things with a cursor that belongs to a thing, not
// to a place: rows come and go under it. It knows how rows stand in columns and
// how they are drawn; what they say, and why, it must not know.
package table
