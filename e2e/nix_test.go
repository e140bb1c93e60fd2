package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// nixCommand runs nix without a daemon's settings, or skips.
func nixCommand(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("nix"); err != nil {
		t.Skip("needs the Debian packages nix-bin")
	}
	cmd := exec.Command("nix", append([]string{"--extra-experimental-features", "nix-command flakes"}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("nix %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(string(out))
}

// TestVendorHash: the package is built from the modules that go.mod names.
func TestVendorHash(t *testing.T) {
	vendored := filepath.Join(t.TempDir(), "vendor")
	cmd := exec.Command("go", "mod", "vendor", "-o", vendored)
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go mod vendor: %v\n%s", err, out)
	}
	hash := nixCommand(t, "hash", "path", vendored)
	text, err := os.ReadFile("../nix/package.nix")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `vendorHash = "`+hash+`";`) {
		t.Errorf("nix/package.nix has another vendorHash: it is %s now", hash)
	}
}

// evaluate gives the value of an expression about the flake and a host that
// imports its module, on a stand-in for nixpkgs.
func evaluate(t *testing.T, extra, expr string, value any) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	text := nixCommand(t, "eval", "--impure", "--json", "--expr", fmt.Sprintf(`
		let
		  nixpkgs = (import %[1]s/nix/stand-in/flake.nix).outputs { };
		  inherit (nixpkgs) lib;
		  pkgs = nixpkgs.legacyPackages.x86_64-linux;
		  microtui = (import %[1]s/flake.nix).outputs { inherit nixpkgs; self = { outPath = "/src"; shortRev = "0abc"; } // microtui; };
		  host = lib.evalModules {
		    specialArgs = { inherit pkgs; };
		    modules = [
		      microtui.nixosModules.default
		      {
		        programs.microtui = { enable = true; operators = [ "alice" ]; settings.gc.orphans = "clean"; };
		        services.microtui = { gc.enable = true; metrics.enable = true; };
		      }
		      (%[2]s)
		    ];
		  };
		  unit = name: host.config.systemd.services.${name}.serviceConfig;
		in %[3]s`, root, extra, expr))
	if err := json.Unmarshal([]byte(text), value); err != nil {
		t.Fatal(err, text)
	}
}

// TestFlake: nix itself takes the flake for one.
func TestFlake(t *testing.T) {
	copied := t.TempDir() // nix asks git for a checkout's files, and for its owner
	shell(t, "cp", "-r", "../flake.nix", "../CHANGELOG.md", "../nix", "../packaging", copied)
	override := []string{"--no-write-lock-file", "--override-input", "nixpkgs", "path:" + copied + "/nix/stand-in", "path:" + copied}
	nixCommand(t, append([]string{"flake", "check", "--no-build"}, override...)...)
	for _, want := range []string{"apps", "checks", "devShells", "nixosModules", "overlays", "packages"} {
		if shown := nixCommand(t, append([]string{"flake", "show", "--json"}, override...)...); !strings.Contains(shown, `"`+want+`"`) {
			t.Errorf("there are no %s: %s", want, shown)
		}
	}
}

// TestModuleOptions: each option tells its user what it is.
func TestModuleOptions(t *testing.T) {
	var options map[string]map[string]any
	evaluate(t, "{ }", `
		let
		  named = path: o: if o._type or "" == "option" then { ${path} = removeAttrs o [ "_type" ]; } else
		    builtins.foldl' (all: name: all // named "${path}.${name}" o.${name}) { } (builtins.attrNames o);
		in
		builtins.mapAttrs (_: builtins.mapAttrs (name: v: if name == "description" then v else "set"))
		  (named "programs" host.options.programs // named "services" host.options.services)`, &options)
	if len(options) < 8 {
		t.Errorf("only %d options are found: %v", len(options), options)
	}
	for name, option := range options {
		for _, want := range []string{"description", "type", "example", "default"} {
			if option[want] == nil || option[want] == "" {
				t.Errorf("%s has no %s", name, want)
			}
		}
	}
}

// TestModule: what the module makes of a host.
func TestModule(t *testing.T) {
	var got struct {
		GC, Metrics, Elsewhere, Told string
		Members, Packages, Timers    []string
		Config, Polkit               string
		Exporter                     []string
	}
	evaluate(t, `{ options.microvm.stateDir = lib.mkOption { default = "/srv/vms"; }; }`, `
		{
		  GC = (unit "microtui-gc").ExecStart;
		  Metrics = (unit "microtui-metrics").ExecStart;
		  Members = host.config.users.groups.microtui.members;
		  Packages = map (p: p.version) host.config.environment.systemPackages;
		  Timers = builtins.attrNames host.config.systemd.timers;
		  Config = builtins.readFile host.config.environment.etc."microtui/config.toml".source;
		  Polkit = host.config.security.polkit.extraConfig;
		  Exporter = host.config.services.prometheus.exporters.node.extraFlags;
		}`, &got)
	for what, ok := range map[string]bool{
		"gc":       strings.HasSuffix(got.GC, "/bin/microtui gc --state-dir /srv/vms"),
		"metrics":  strings.HasSuffix(got.Metrics, "/microtui.prom --state-dir /srv/vms"),
		"members":  slices.Equal(got.Members, []string{"alice"}),
		"packages": slices.Equal(got.Packages, []string{"0.0.0+0abc"}),
		"timers":   slices.Equal(got.Timers, []string{"microtui-gc", "microtui-metrics"}),
		"config":   got.Config == `{"gc":{"orphans":"clean"}}`,
		"polkit":   strings.Contains(got.Polkit, `isInGroup("microtui")`),
		"exporter": slices.Equal(got.Exporter, []string{"--collector.textfile.directory=/var/lib/prometheus-node-exporter-text-files"}),
	} {
		if !ok {
			t.Errorf("%s: %+v", what, got)
		}
	}

	// A host without the host module asks the units; an exporter that was told
	// already is not told twice, which it refuses.
	evaluate(t, `{ services.microtui.metrics.directory = "/var/lib/textfiles"; }`, `
		{
		  GC = (unit "microtui-gc").ExecStart;
		  Metrics = (unit "microtui-metrics").ExecStart;
		  Exporter = host.config.services.prometheus.exporters.node.extraFlags or [ ];
		}`, &got)
	if !strings.HasSuffix(got.GC, "/bin/microtui gc") || !strings.HasSuffix(got.Metrics, " --textfile /var/lib/textfiles/microtui.prom") || len(got.Exporter) > 0 {
		t.Errorf("%+v", got)
	}
}

// TestModuleHardening: the services are hardened as those of the package, which
// the lab runs.
func TestModuleHardening(t *testing.T) {
	var services map[string]map[string]any
	evaluate(t, "{ }", `lib.genAttrs [ "microtui-gc" "microtui-metrics" ] unit`, &services)
	own := map[string]bool{"ExecStart": true, "ReadWritePaths": true}
	for name, service := range services {
		file, err := os.ReadFile("../packaging/systemd/" + name + ".service")
		if err != nil {
			t.Fatal(err)
		}
		_, section, _ := strings.Cut(string(file), "[Service]\n")
		packaged := make(map[string][]string)
		for line := range strings.Lines(section) {
			if key, value, is := strings.Cut(strings.TrimSpace(line), "="); is && !strings.HasPrefix(key, "#") {
				packaged[key] = append(packaged[key], value)
			}
		}
		if len(packaged) < 20 {
			t.Fatalf("%s has only %d settings", name, len(packaged))
		}
		for key := range service {
			if packaged[key] == nil {
				t.Errorf("%s: the package has no %s", name, key)
			}
		}
		for key, values := range packaged {
			if got, want := asUnit(service[key]), strings.Join(values, " "); got != want && !own[key] {
				t.Errorf("%s: %s is %q, the package has %q", name, key, got, want)
			}
		}
	}
}

// asUnit is a setting as a unit's file has it.
func asUnit(value any) string {
	switch v := value.(type) {
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case []any:
		return strings.Trim(fmt.Sprint(v), "[]")
	}
	return fmt.Sprint(value)
}
