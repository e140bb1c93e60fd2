# As much of nixpkgs as the flake needs to be evaluated without it:
#   nix flake show --override-input nixpkgs path:./nix/stand-in
# It builds nothing, and types are not checked.
{
  outputs = _: rec {
    lib = {
      genAttrs = names: f: builtins.listToAttrs (map (name: { inherit name; value = f name; }) names);
      cleanSource = src: src;
      optionalString = on: text: if on then text else "";
      getExe = p: "${p}/bin/${p.meta.mainProgram}";
      literalExpression = text: { _type = "literalExpression"; inherit text; };
      mkOption = o: o // { _type = "option"; };
      mkEnableOption = what: { _type = "option"; default = false; example = true; description = "Whether to enable ${what}."; type = "bool"; };
      mkIf = condition: content: { _type = "if"; inherit condition content; };
      mkMerge = contents: { _type = "merge"; inherit contents; };
      mkDefault = content: { _type = "default"; inherit content; };
      evalModules = import ./modules.nix lib;
      types = { package = "package"; path = "path"; str = "str"; listOf = t: "list of ${t}"; };
      licenses.mit = "MIT";
      platforms.linux = [ "x86_64-linux" "aarch64-linux" ];
    };
    legacyPackages = lib.genAttrs lib.platforms.linux (
      system:
      let
        derivation' = name: attrs: derivation { inherit name system; builder = "/bin/sh"; } // attrs;
        package = f: change:
          let before = f final; final = before // change before; in
          derivation' "${final.pname}-${final.version}" final // { overrideAttrs = package f; };
        pkgs = {
          stdenv = { buildPlatform.canExecute = _: true; hostPlatform.system = system; };
          buildGoModule = f: package f (_: { });
          installShellFiles = null;
          versionCheckHook = null;
          go = null;
          gnumake = null;
          mkShell = derivation' "shell";
          formats.toml = _: { type = "TOML value"; generate = name: value: builtins.toFile name (builtins.toJSON value); };
          callPackage = path: args: (f: f ((builtins.intersectAttrs (builtins.functionArgs f) (pkgs // { inherit lib; })) // args)) (import path);
        };
      in
      pkgs
    );
  };
}
