package draw

// Scroll is a place in a text that is longer than its room.
type Scroll struct {
	Top, Height, Length int
}

func (s *Scroll) Resize(height int) { s.Height = height; s.Clamp() }

func (s *Scroll) Fill(length int) { s.Length = length; s.Clamp() }

func (s *Scroll) Move(by int) { s.Top += by; s.Clamp() }

func (s *Scroll) Jump(last bool) {
	s.Top = 0
	if last {
		s.Top = s.Length
	}
	s.Clamp()
}

func (s *Scroll) Clamp() { s.Top = max(0, min(s.Top, s.Length-s.Height)) }

// Window is the part in sight.
func (s *Scroll) Window() (from, to int) { return s.Top, min(s.Length, s.Top+max(0, s.Height)) }

func (s *Scroll) Scrolls() bool { return s.Length > s.Height }
