//go:build !race

package trash

const raceDetector = false
