# NixOS module: programs.microtui, services.microtui.gc, services.microtui.metrics.
{
  config,
  lib,
  options,
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
  textfiles = "/var/lib/prometheus-node-exporter-text-files";

  # The host module knows where its VMs are; without it, their units say so.
  stateDir = lib.optionalString (options ? microvm.stateDir) " --state-dir ${config.microvm.stateDir}";

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
        example = lib.literalExpression ''
          {
            # Let the timer remove what has been a leftover for a week.
            gc.orphans = "clean";
            gc.grace = "168h";
          }
        '';
        description = ''
          Contents of {file}`/etc/microtui/config.toml`, which holds for every
          user without a file of their own, and for the timers.
          See {command}`microtui config`.
        '';
      };
      operators = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "alice" ];
        description = ''
          Users who may start, stop and restart microVMs, and nothing else,
          without root: the members of group `microtui`.
        '';
      };
    };

    services.microtui.gc = {
      enable = mkEnableOption "a timer that reports what removed microVMs left behind, and removes what {option}`programs.microtui.settings` lets it";
      dates = mkOption {
        type = types.str;
        default = "daily";
        example = "Mon 04:00";
        description = "When it runs, in the format of {manpage}`systemd.time(7)`.";
      };
    };

    services.microtui.metrics = {
      enable = mkEnableOption "a timer that writes metrics for the textfile collector of node_exporter";
      directory = mkOption {
        type = types.path;
        default = textfiles;
        example = "/var/lib/node-exporter";
        description = ''
          Directory that the textfile collector reads. The default one is made,
          and {option}`services.prometheus.exporters.node` is told of it. Name
          another one if your node_exporter is told of it already.
        '';
      };
      interval = mkOption {
        type = types.str;
        default = "1min";
        example = "15s";
        description = "Time between two runs, in the format of {manpage}`systemd.time(7)`.";
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
        after = [ "dbus.socket" ];
        serviceConfig = hardening // {
          Type = "oneshot";
          ExecStart = "${program} gc${stateDir}";
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
      systemd.services.microtui-metrics = {
        description = "Metrics of microVMs for Prometheus";
        after = [ "dbus.socket" ];
        serviceConfig = hardening // {
          Type = "oneshot";
          ExecStart = "${program} metrics --textfile ${metrics.directory}/microtui.prom${stateDir}";
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
    })

    # node_exporter takes the flag once: who has a directory has told it.
    (mkIf (metrics.enable && metrics.directory == textfiles) {
      systemd.tmpfiles.rules = [ "d ${textfiles} 0755 root root -" ];
      services.prometheus.exporters.node = {
        enabledCollectors = [ "textfile" ];
        extraFlags = [ "--collector.textfile.directory=${textfiles}" ];
      };
    })
  ];
}
