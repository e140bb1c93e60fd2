package doctor

import "microtui/model"

// ByCause puts together the rules that could not be checked for one and the
// same reason, where the first of them stands: a host without systemd is one
// thing to tell, not one for each rule. Whatever else was found stands alone.
func ByCause[F any](found []F, of func(F) *model.Finding) [][]F {
	type cause struct {
		subject model.Ref
		words   model.Raw
	}
	var all [][]F
	places := map[cause]int{}
	for n, each := range found {
		f := of(each)
		if f.Unchecked && len(f.Evidence)+len(f.Advice) == 0 {
			why := cause{f.Subject, f.Summary}
			if at, told := places[why]; told {
				all[at] = append(all[at], each)
				continue
			}
			places[why] = len(all)
		}
		all = append(all, found[n:n+1:n+1])
	}
	return all
}
