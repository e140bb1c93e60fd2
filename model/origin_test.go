package model_test

import (
	"testing"

	"microtui/model"
)

func TestOrigin(t *testing.T) {
	const source = "/nix/store/x-source"
	tests := []struct {
		name string
		host *host
		want model.Origin
	}{
		{"fully declarative", newHost().declared("x"), model.OriginDeclared},
		{"declared, not installed", newHost().declare(model.SystemLive, 0, configOf("x")), model.OriginDeclared},
		{"declared flake", newHost().flakeDir("x", source).declare(model.SystemLive, 0, flakeOf("x", source)), model.OriginDeclaredFlake},
		{"declared in the newest system only", newHost().toplevelDir("x").declare(model.SystemNewest, 0, configOf("x")), model.OriginDeclared},
		{"declared beats a gcroot link", newHost().declared("x").root("x", "x", "current"), model.OriginDeclared},
		{"the live system decides how it is declared", newHost().toplevelDir("x").
			declare(model.SystemLive, 0, configOf("x")).declare(model.SystemNewest, 0, flakeOf("x", source)), model.OriginDeclared},

		{"microvm -c", newHost().imperative("x"), model.OriginImperative},
		{"microvm -c over what was declared", newHost().undeclared("x").root("x", "x", "current").do(func(h *host) {
			h.dir("x").Flake = &model.Flake{Ref: "."}
		}), model.OriginImperative},
		{"declared-style flake with a gcroot link", newHost().flakeDir("x", source).root("x", "x", "current"), model.OriginImperative},
		{"imperative, updated with the old runner kept", newHost().imperative("x").do(func(h *host) {
			h.dir("x").Old = &model.Symlink{Target: runnerOf("x")}
		}), model.OriginImperative},
		{"imperative, through the state directory's real path", newHost().do(func(h *host) {
			h.o.StateDir.Real = "/data/vms"
			h.directory("x", 0).Flake = &model.Flake{Ref: "."}
		}).rootTo("x", "/data/vms/x/current"), model.OriginImperative},
		{"imperative, with a slash after the state directory", newHost().do(func(h *host) {
			h.o.StateDir.Path = stateDir + "/"
		}).imperative("x"), model.OriginImperative},

		{"deployed", newHost().deployed("x"), model.OriginDeployed},
		{"deployed once", newHost().manual("x").root("x", "x", "current").root("old-x", "x", "old"), model.OriginDeployed},
		{"deployed over a declared one", newHost().undeclared("x").root("x", "x", "current").root("old-x", "x", "old"), model.OriginDeployed},
		{"deployed over an imperative one", newHost().imperative("x").root("old-x", "x", "old"), model.OriginDeployed},
		{"deployed, without its links", newHost().manual("x").do(func(h *host) {
			h.dir("x").Old = &model.Symlink{Target: runnerOf("x")}
		}), model.OriginDeployed},
		{"declared with updateFlake, updated by microtui, undeclared", updated("x"), model.OriginUndeclared},
		{"a gcroot link and no flake", newHost().manual("x").root("x", "x", "current"), model.OriginDeployed},

		{"manual", newHost().manual("x"), model.OriginManual},
		{"manual, of user microvm", newHost().do(func(h *host) { h.directory("x", microvmUID) }), model.OriginManual},
		{"neither flake nor toplevel, but once declared", newHost().manual("x").
			declare(model.SystemGeneration, newest-1, configOf("x")), model.OriginUnknown},

		{"toplevel", newHost().toplevelDir("x"), model.OriginUndeclared},
		{"toplevel and flake", newHost().toplevelDir("x").do(func(h *host) {
			h.dir("x").Flake = &model.Flake{Ref: "."}
		}), model.OriginUndeclared},
		{"flake with a newline, of user microvm", newHost().flakeDir("x", source), model.OriginUndeclared},
		{"flake with a newline, of root", newHost().flakeDir("x", source).do(func(h *host) { h.dir("x").UID = 0 }), model.OriginUnknown},
		{"flake without a newline", newHost().flakeDir("x", source).do(func(h *host) { h.dir("x").Flake.Newline = false }), model.OriginUnknown},
		{"no user microvm any more", newHost().flakeDir("x", source).do(func(h *host) { h.o.Host.MicrovmUID = nil }), model.OriginUnknown},

		{"hostile", newHost().toplevelDir("x").do(func(h *host) { h.dir("x").Strange = []model.Raw{"flake is a fifo"} }), model.OriginUnknown},
		{"unreadable", newHost().manual("x").do(func(h *host) { h.dir("x").Fault = "input/output error" }), model.OriginUnknown},
		{"hostile, with a gcroot link", newHost().imperative("x").do(func(h *host) {
			h.dir("x").Strange = []model.Raw{"toplevel is a fifo"}
		}), model.OriginImperative},

		{"runs without a directory", newHost().running("x"), model.OriginUnknown},
		{"runs without a directory, once declared", newHost().undeclared("x").running("x").removeDir("x"), model.OriginUndeclared},
		{"runs without a directory, made with microvm -c", newHost().imperative("x").running("x").removeDir("x"), model.OriginImperative},
		{"runs without a directory, deployed", newHost().deployed("x").running("x").removeDir("x"), model.OriginDeployed},
		{"a gcroot link of another VM", newHost().flakeDir("x", source).root("x", "y", "current"), model.OriginUndeclared},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.host.vm(t, "x").Origin; got != test.want {
				t.Errorf("origin is %s, want %s", got, test.want)
			}
		})
	}
}
