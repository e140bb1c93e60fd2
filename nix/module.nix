# NixOS module: programs.microtui, services.microtui.gc, services.microtui.metrics.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkEnableOption mkIf mkMerge mkOption types;
  cfg = config.programs.microtui;
  gc = config.services.microtui.gc;
  metrics = config.services.microtui.metrics;
  toml = pkgs.formats.toml { };
  program = lib.getExe cfg.package;

  # As packaging/systemd has it, with the reasons.
  hardening = {
    NoNewPrivileges = true;
    ProtectSystem = "strict";
    ProtectHome = "read-only";
    ProtectProc = "invisible";
    ProtectKernelTunables = true;
    ProtectKernelModules = true;
    ProtectKernelLogs = true;
    ProtectControlGroups = true;
    ProtectClock = true;
    ProtectHostname = true;
    DevicePolicy = "closed";
    LockPersonality = true;
    MemoryDenyWriteExecute = true;
    RestrictRealtime = true;
    RestrictNamespaces = true;
    RestrictAddressFamilies = [ "AF_UNIX" "AF_NETLINK" ];
    IPAddressDeny = "any";
    SystemCallArchitectures = "native";
    SystemCallFilter = [ "@system-service" "~@privileged @resources" ];
    SystemCallErrorNumber = "EPERM";
    UMask = "0077";
    KeyringMode = "private";
  };
in
{
  options = {
    programs.microtui = {
      enable = mkEnableOption "microtui, which shows and manages the microVMs of this host";
      package = mkOption {
        type = types.package;
        default = pkgs.microtui;
        defaultText = lib.literalExpression "pkgs.microtui";
        example = lib.literalExpression "inputs.microtui.packages.x86_64-linux.default";
        description = "The microtui package.";
      };
      settings = mkOption {
        type = toml.type;
        default = { };
        example = { gc.orphans = "clean"; };
        description = "Contents of {file}`/etc/microtui/config.toml`, which holds for every user without a file of their own. See {command}`microtui config`.";
      };
      operators = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "alice" ];
        description = "Users who may start, stop and restart microVMs, and nothing else, without root: the members of group `microtui`.";
      };
    };

    services.microtui.gc = {
      enable = mkEnableOption "a timer that reports what removed microVMs left behind, and removes what {option}`programs.microtui.settings` lets it";
      dates = mkOption {
        type = types.str;
        default = "daily";
        example = "Mon 04:00";
        description = "When it runs, as systemd.time(7) describes.";
      };
    };

    services.microtui.metrics = {
      enable = mkEnableOption "a timer that writes metrics for the textfile collector of node_exporter";
      directory = mkOption {
        type = types.str;
        default = "/var/lib/prometheus-node-exporter-text-files";
        example = "/var/lib/node-exporter";
        description = "Directory that the textfile collector reads; `services.prometheus.exporters.node` is told of it where it is enabled.";
      };
      interval = mkOption {
        type = types.str;
        default = "1min";
        example = "15s";
        description = "Time between two runs.";
      };
    };
  };

  config = mkMerge [
    (mkIf cfg.enable {
      environment.systemPackages = [ cfg.package ];
      environment.etc = mkIf (cfg.settings != { }) {
        "microtui/config.toml".source = toml.generate "microtui.toml" cfg.settings;
      };
    })

    (mkIf (cfg.enable && cfg.operators != [ ]) {
      users.groups.microtui.members = cfg.operators;
      security.polkit.enable = true;
      security.polkit.extraConfig = builtins.readFile ../packaging/polkit/50-microtui.rules;
    })

    (mkIf gc.enable {
      programs.microtui.enable = true;
      systemd.services.microtui-gc = {
        description = "Report what removed microVMs left behind";
        serviceConfig = hardening // {
          Type = "oneshot";
          ExecStart = "${program} gc";
          TimeoutStartSec = "1h";
          Nice = 19;
          IOSchedulingClass = "idle";
          CPUSchedulingPolicy = "idle";
          StateDirectory = "microtui";
          StateDirectoryMode = "0711";
          RuntimeDirectory = "microtui";
          RuntimeDirectoryMode = "0700";
          RuntimeDirectoryPreserve = true;
          CapabilityBoundingSet = [ "CAP_DAC_READ_SEARCH" "CAP_SYS_PTRACE" ];
        };
      };
      systemd.timers.microtui-gc = {
        description = "Look for what removed microVMs left behind";
        wantedBy = [ "timers.target" ];
        timerConfig = {
          OnCalendar = gc.dates;
          RandomizedDelaySec = "1h";
          Persistent = true;
        };
      };
    })

    (mkIf metrics.enable {
      programs.microtui.enable = true;
      systemd.tmpfiles.rules = [ "d ${metrics.directory} 0755 root root -" ];
      systemd.services.microtui-metrics = {
        description = "Metrics of microVMs for Prometheus";
        serviceConfig = hardening // {
          Type = "oneshot";
          ExecStart = "${program} metrics --textfile ${metrics.directory}/microtui.prom";
          TimeoutStartSec = "1min";
          Nice = 10;
          ReadWritePaths = [ metrics.directory ];
          CapabilityBoundingSet = [ "CAP_DAC_READ_SEARCH" "CAP_SYS_PTRACE" "CAP_DAC_OVERRIDE" ];
        };
      };
      systemd.timers.microtui-metrics = {
        description = "Write the metrics of microVMs";
        wantedBy = [ "timers.target" ];
        timerConfig = {
          OnBootSec = "1min";
          OnUnitActiveSec = metrics.interval;
          AccuracySec = "5s";
        };
      };
      services.prometheus.exporters.node.extraFlags =
        [ "--collector.textfile.directory=${metrics.directory}" ];
      services.prometheus.exporters.node.enabledCollectors = [ "textfile" ];
    })
  ];
}
