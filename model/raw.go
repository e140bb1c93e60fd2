package model

import "microtui/model/text"

// Raw is text from outside as it was read: names, paths, errors, and the prose
// of evidence, which holds such. Package model/text makes it showable.
type Raw = text.Raw
