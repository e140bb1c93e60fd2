# A microvm.nix host with microtui, from its first VM to its clean-up. It needs
# KVM, and nested virtualisation for the microVM in it. In a checkout:
#   nix build --impure --expr 'let flake = builtins.getFlake; in import ./nix/vm-test.nix {
#     microtui = flake (toString ./.); microvm = flake "github:microvm-nix/microvm.nix"; }'
{
  microtui,
  microvm,
  pkgs ? microtui.inputs.nixpkgs.legacyPackages.${builtins.currentSystem},
}:

pkgs.testers.runNixOSTest {
  name = "microtui";

  nodes.host = {
    imports = [
      microvm.nixosModules.host
      microtui.nixosModules.default
    ];

    # What one adds to a host.
    programs.microtui.enable = true;
    programs.microtui.operators = [ "alice" ];
    services.microtui.gc.enable = true;
    services.microtui.metrics.enable = true;

    # What the host has anyway.
    services.prometheus.exporters.node.enable = true;
    users.users.alice.isNormalUser = true;
    users.users.bob.isNormalUser = true;
    microvm.vms.web.config = {
      microvm.hypervisor = "qemu";
      system.stateVersion = "26.05";
    };

    virtualisation.memorySize = 2048;
  };

  testScript = ''
    host.wait_for_unit("microvm@web.service")

    with subtest("Everybody sees what runs"):
        host.succeed("su bob -c 'microtui list' | grep -E '^ +web +running +declared'")

    with subtest("An operator runs VMs, another user does not"):
        host.succeed("su alice -c 'microtui restart web'")
        host.wait_for_unit("microvm@web.service")
        host.fail("su bob -c 'microtui restart web'")

    with subtest("The timer's service reports what is left over, and leaves it"):
        host.wait_for_unit("microtui-gc.timer")
        host.succeed("ip tuntap add name vm-gone mode tap user microvm")
        host.succeed("systemctl start microtui-gc.service")
        host.succeed("journalctl MESSAGE_ID=5d2c1f0b8a5f4f2e9e7a6f3b7c41d9a0 -o verbose | grep MICROTUI_NAME=vm-gone")
        host.succeed("ip link show vm-gone")

    with subtest("Prometheus hears of it"):
        host.succeed("systemctl start microtui-metrics.service")
        host.wait_for_open_port(9100)
        metrics = host.succeed("curl --silent --fail localhost:9100/metrics")
        assert 'microvm_state{name="microvm@web.service",state="running",vm="web"} 1' in metrics
        assert 'microvm_leftovers{kind="tap",verdict="orphan"} 1' in metrics

    with subtest("Root cleans up, an operator does not"):
        host.fail("su alice -c 'microtui purge --orphans --yes'")
        host.succeed("ip link show vm-gone")
        host.succeed("microtui purge --orphans --yes")
        host.fail("ip link show vm-gone")
        host.wait_for_unit("microvm@web.service")
  '';
}
