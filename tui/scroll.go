package tui

// scroll is a place in a text that is longer than its room.
type scroll struct {
	top, height, length int
}

func (s *scroll) resize(height int) { s.height = height; s.clamp() }

func (s *scroll) fill(length int) { s.length = length; s.clamp() }

func (s *scroll) move(by int) { s.top += by; s.clamp() }

func (s *scroll) jump(last bool) {
	s.top = 0
	if last {
		s.top = s.length
	}
	s.clamp()
}

func (s *scroll) clamp() { s.top = max(0, min(s.top, s.length-s.height)) }

// window is the part in sight.
func (s *scroll) window() (from, to int) { return s.top, min(s.length, s.top+max(0, s.height)) }

func (s *scroll) scrolls() bool { return s.length > s.height }
