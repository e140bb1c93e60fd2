// Package operation carries a plan out, step by step, so that nothing is lost
// when it is interrupted: it writes down what it is about to do before it does
// it, looks before each step whether the plan still fits the host, and whoever
// takes an interrupted operation up again brings it to a good end.
//
// It knows the order of things, what has to be on disk before what, and when an
// operation is undone and when it is finished. It must not know what a step
// does to a host ([World] does), nor why a plan is as it is (model does).
package operation
