//go:build race

package trash

// raceDetector: it takes several times the memory.
const raceDetector = true
