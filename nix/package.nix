# In the form of nixpkgs' pkgs/by-name; see README.md for what it needs there. No
# argument has a default: what nixpkgs calls src is another program.
{
  lib,
  stdenv,
  buildGoModule,
  installShellFiles,
  versionCheckHook,
}:

buildGoModule (finalAttrs: {
  pname = "microtui";
  version = import ./version.nix;
  revision = "";

  src = lib.cleanSource ./..;

  vendorHash = "sha256-M4owVAy4wNrc0jsl8afNp2feu2oP7R4c+tN4Aol83Yw=";

  subPackages = [ "." ];
  env.CGO_ENABLED = 0;
  ldflags = [
    "-s"
    "-w"
    "-X microtui/cli.version=v${finalAttrs.version}"
    "-X microtui/cli.revision=${finalAttrs.revision}"
  ];

  # The tests boot hosts in namespaces, which a build sandbox does not let them.
  doCheck = false;

  nativeBuildInputs = [ installShellFiles ];
  postInstall = lib.optionalString (stdenv.buildPlatform.canExecute stdenv.hostPlatform) ''
    installShellCompletion --cmd microtui \
      --bash <($out/bin/microtui completion bash) \
      --fish <($out/bin/microtui completion fish) \
      --zsh <($out/bin/microtui completion zsh)
    $out/bin/microtui man > microtui.1
    installManPage microtui.1
  '';

  nativeInstallCheckInputs = [ versionCheckHook ];
  versionCheckProgramArg = "version";
  doInstallCheck = true;

  meta = {
    description = "See and manage the microVMs of a microvm.nix host, from a terminal";
    license = lib.licenses.mit;
    platforms = lib.platforms.linux;
    mainProgram = "microtui";
  };
})
