# A microvm.nix host with microtui, from its first VM to its clean-up; it needs
# KVM, and the two flakes:
#   nix build --impure --expr 'let f = builtins.getFlake; m = f "path:."; in import ./nix/vm-test.nix {
#     pkgs = m.inputs.nixpkgs.legacyPackages.x86_64-linux; microtui = m; microvm = f "github:microvm-nix/microvm.nix"; }'
{
  pkgs,
  microtui,
  microvm,
}:

pkgs.testers.runNixOSTest {
  name = "microtui";
  nodes.host = {
    imports = [
      microvm.nixosModules.host
      microtui.nixosModules.default
    ];
    virtualisation.memorySize = 2048;
    users.users.alice.isNormalUser = true;
    programs.microtui = {
      enable = true;
      operators = [ "alice" ];
    };
    services.microtui.gc.enable = true;
    services.microtui.metrics.enable = true;
    services.prometheus.exporters.node.enable = true;
    microvm.vms.web.config = {
      microvm.hypervisor = "qemu";
      system.stateVersion = "26.05";
    };
  };
  testScript = ''
    host.wait_for_unit("microvm@web.service")
    host.succeed("microtui list | grep -E '^ +web +running'")

    # An operator runs VMs, and cannot remove them.
    host.succeed("su alice -c 'microtui stop web && microtui start web'")
    host.fail("su alice -c 'microtui purge web --confirm web'")

    # Nothing is left over, and the timer's service says so.
    host.succeed("systemctl start microtui-gc.service")
    host.succeed("microtui gc --dry-run --json | grep '\"cleaned\": \\[\\]'")

    host.succeed("systemctl start microtui-metrics.service")
    host.wait_for_open_port(9100)
    host.succeed("curl -s localhost:9100/metrics | grep 'microvm_state.*state=\"running\",vm=\"web\"} 1'")
  '';
}
