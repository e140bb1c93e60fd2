// Package wording holds the words that both faces use: of states, verdicts,
// kinds and severities, of sizes, lengths of time and counts, of what is asked
// for and what came of it. It knows the model only, and judges nothing: which
// rule a word stands for, and how it looks, is said elsewhere. JSON has the
// model's own words.
package wording
