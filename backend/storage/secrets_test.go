package storage

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

// generation makes one as sops-nix does: a folder, secrets in it, and the link
// last.
func generation(t *testing.T, at string, number int, size int) {
	t.Helper()
	dir := at + "/secrets.d/" + strconv.Itoa(number)
	must(t, os.MkdirAll(dir+"/web", 0o751))
	must(t, os.WriteFile(dir+"/web/key", []byte(strings.Repeat("x", size)), 0o400))
	must(t, os.Symlink("web/key", dir+"/key"))
	os.Remove(at + "/secrets")
	must(t, os.Symlink(dir, at+"/secrets"))
}

func TestSecretStore(t *testing.T) {
	at := folder(t)
	p := secretPlace{link: at + "/secrets", folder: at + "/secrets.d"}
	if store, ok := p.read(time.Now()); ok {
		t.Errorf("of nothing: %+v", store)
	}
	generation(t, at, 9, 100)
	generation(t, at, 10, 200)
	for _, other := range []string{"keys", "07", "-1", "age-keys.txt"} {
		must(t, os.Mkdir(at+"/secrets.d/"+other, 0o755))
	}
	must(t, os.WriteFile(at+"/secrets.d/11", nil, 0o600))
	const link = 7 // "web/key"
	want := model.SecretStore{Link: model.Raw(p.link), Folder: model.Raw(p.folder), Current: 10}
	for number, size := range map[int]uint64{9: 100 + link, 10: 200 + link} {
		st, err := lstat(at + "/secrets.d/" + strconv.Itoa(number))
		must(t, err)
		want.Kept = append(want.Kept, model.SecretGeneration{Number: number, ID: st.ID, Made: st.Modified, Bytes: &size})
	}
	if want.Kept[0].Number > want.Kept[1].Number {
		want.Kept[0], want.Kept[1] = want.Kept[1], want.Kept[0]
	}
	got, ok := p.read(time.Now())
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Error(diff)
	}

	// What is as young as that may still be made; later it is not summed again.
	must(t, os.WriteFile(at+"/secrets.d/10/web/more", []byte("1234"), 0o600))
	if got, _ := p.read(time.Now()); *got.Kept[1].Bytes != 204+link {
		t.Errorf("while it is made: %d bytes", *got.Kept[1].Bytes)
	}
	must(t, os.WriteFile(at+"/secrets.d/10/web/more", []byte("12345678"), 0o600))
	if got, _ := p.read(time.Now().Add(time.Hour)); *got.Kept[1].Bytes != 204+link {
		t.Errorf("an hour later: %d bytes", *got.Kept[1].Bytes)
	}

	must(t, os.Remove(at+"/secrets"))
	must(t, os.Symlink("/elsewhere/12", at+"/secrets"))
	must(t, os.RemoveAll(at+"/secrets.d/9"))
	if got, _ := p.read(time.Now()); got.Current != 0 || len(got.Kept) != 1 || got.Kept[0].Number != 10 {
		t.Errorf("%+v", got)
	}
}

func TestParseGeneration(t *testing.T) {
	for name, want := range map[string]int{"1": 1, "412": 412, "0": 0, "-1": 0, "+1": 0, "07": 0, "": 0, "x": 0, "99999999999999999999": 0} {
		if got := parseGeneration(name); got != want {
			t.Errorf("%q: %d", name, got)
		}
	}
}
