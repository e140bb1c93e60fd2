// Package detail is the pages about one thing: a VM, a leftover, an operation,
// an entry of the trash, a finding. It writes what is known into documents and
// keeps which tab is open; it reads nothing, acts on nothing, and must not know
// where on the screen it is.
package detail
