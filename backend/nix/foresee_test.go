package nix

import (
	"testing"

	"microtui/model"
)

// TestForesight reads what nix says of a build that it only thinks through: as 2.8
// and later ones word it.
func TestForesight(t *testing.T) {
	for want, lines := range map[string][]model.Raw{
		"everything is already in the store": {"warning: Git tree '/etc/nixos' is dirty"},
		"1 derivation would be built": {
			"this derivation will be built:",
			"  /nix/store/39c6a9phsd5hhqkw1sg3yczs162f4ijj-microvm-qemu-web.drv",
		},
		"2 derivations would be built, 1 path would be fetched (0.03 MiB download, 0.15 MiB unpacked)": {
			"these 2 derivations will be built:",
			"  /nix/store/39c6a9phsd5hhqkw1sg3yczs162f4ijj-microvm-qemu-web.drv",
			"  /nix/store/a9c6a9phsd5hhqkw1sg3yczs162f4ijj-nixos-system-web.drv",
			"this path will be fetched (0.03 MiB download, 0.15 MiB unpacked):",
			"  /nix/store/b9c6a9phsd5hhqkw1sg3yczs162f4ijj-hello-2.12",
		},
		"2 paths would be fetched": {
			"copying path '/nix/store/b9c6a9phsd5hhqkw1sg3yczs162f4ijj-source'",
			"these 2 paths will be fetched:",
			"  /nix/store/b9c6a9phsd5hhqkw1sg3yczs162f4ijj-hello-2.12",
			"  /nix/store/c9c6a9phsd5hhqkw1sg3yczs162f4ijj-hi-2.12",
		},
	} {
		var f Foresight
		for _, line := range lines {
			f.take(line)
		}
		if f.String() != want {
			t.Errorf("%q: %s", lines, f)
		}
	}
}
