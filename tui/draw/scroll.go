package draw

// Scroll is a place in a text that is longer than its room.
type Scroll struct {
	Top, Height, Length int
}

// Resize gives it so many lines of room.
func (s *Scroll) Resize(height int) { s.Height = height; s.Clamp() }

// Fill says how many lines the text has.
func (s *Scroll) Fill(length int) { s.Length = length; s.Clamp() }

// Move scrolls by so many lines, and stops at the ends.
func (s *Scroll) Move(by int) { s.Top += by; s.Clamp() }

// Jump goes to the first line, or to the last.
func (s *Scroll) Jump(last bool) {
	s.Top = 0
	if last {
		s.Top = s.Length
	}
	s.Clamp()
}

// Clamp brings the place back into the text.
func (s *Scroll) Clamp() { s.Top = max(0, min(s.Top, s.Length-s.Height)) }

// Window is the part in sight.
func (s *Scroll) Window() (from, to int) { return s.Top, min(s.Length, s.Top+max(0, s.Height)) }

// Scrolls reports whether there is more than has room.
func (s *Scroll) Scrolls() bool { return s.Length > s.Height }
