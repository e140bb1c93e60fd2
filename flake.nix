{
  description = "See and manage the microVMs of a microvm.nix host, from a terminal";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      each = f: lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (system: f nixpkgs.legacyPackages.${system});
      microtui =
        pkgs:
        (pkgs.callPackage ./nix/package.nix { }).overrideAttrs (release: {
          src = self;
          version = "${release.version}+${self.shortRev or "dirty"}";
          revision = self.rev or "";
        });
    in
    {
      packages = each (pkgs: { default = microtui pkgs; });
      overlays.default = final: _: { microtui = microtui final; };
      apps = each (pkgs: {
        default = {
          type = "app";
          program = "${self.packages.${pkgs.stdenv.hostPlatform.system}.default}/bin/microtui";
        };
      });
      devShells = each (pkgs: { default = pkgs.mkShell { packages = [ pkgs.go pkgs.gnumake ]; }; });
      checks = each (pkgs: { package = self.packages.${pkgs.stdenv.hostPlatform.system}.default; });
      nixosModules.default = { pkgs, ... }: {
        imports = [ ./nix/module.nix ];
        programs.microtui.package = lib.mkDefault (microtui pkgs);
      };
    };
}
