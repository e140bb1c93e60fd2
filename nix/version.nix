# The newest release in the change log.
let
  lines = builtins.filter builtins.isString (builtins.split "\n" (builtins.readFile ../CHANGELOG.md));
  releases = builtins.filter (found: found != null) (map (builtins.match "## \\[([0-9][^]]*)].*") lines);
in
if releases == [ ] then "0.0.0" else builtins.head (builtins.head releases)
