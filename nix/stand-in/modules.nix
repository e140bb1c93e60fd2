# A module system in miniature: imports, options with defaults, mkIf, mkMerge and
# mkDefault. Types are not checked, and what nobody declares is taken as it is.
lib:
let
  inherit (builtins) all concatMap filter foldl' head isAttrs isFunction isList length map;
  type = value: if isAttrs value then value._type or (if value ? outPath then "derivation" else "") else "value";
  isTree = value: isAttrs value && type value == "";

  # What is defined, each with its condition. A condition is not looked at before
  # a value under it is: it may rest on what another module defines.
  open = d:
    if type d.content == "if" then open { when = d.when && d.content.condition; inherit (d.content) content; }
    else if type d.content == "merge" then concatMap (content: open { inherit (d) when; inherit content; }) d.content.contents
    else [ d ];

  value = declared: definitions:
    let
      opened = concatMap open definitions;
      on = filter (d: d.when) opened;
      firm = filter (d: type d.content != "default") on;
      given = map (d: if type d.content == "default" then d.content.content else d.content) (if firm == [ ] then on else firm);
      tree = name: within: value (declared.${name} or { }) (concatMap (d: if d.content ? ${name} then [ { inherit (d) when; content = d.content.${name}; } ] else [ ]) within);
    in
    if type declared == "option" then (if on == [ ] then declared.default else merge given)
    else if declared != { } then builtins.mapAttrs (name: _: tree name opened) (foldl' (all: d: all // d.content) declared opened)
    else if all isTree given then builtins.mapAttrs (name: _: tree name on) (foldl' (all: content: all // content) { } given)
    else merge given;

  merge = values:
    if length values == 1 then head values
    else if all isList values then concatMap (v: v) values
    else if all isTree values then foldl' (a: b: a // b) { } values
    else if all (v: v == head values) values then head values
    else throw "these definitions differ: ${builtins.toJSON values}";
in
{ modules, specialArgs ? { } }:
let
  arguments = specialArgs // { inherit config lib options; };
  load = module:
    let m = if isFunction module then module arguments else if isAttrs module then module else import module arguments; in
    concatMap load (m.imports or [ ]) ++ [ (if m ? options || m ? config then m else { config = removeAttrs m [ "imports" ]; }) ];
  loaded = concatMap load modules;
  options = foldl' joined { } (map (m: m.options or { }) loaded);
  joined = a: b: a // builtins.mapAttrs (name: v: if a ? ${name} && isTree v then joined a.${name} v else v) b;
  config = value options (map (m: { when = true; content = m.config or { }; }) loaded);
in
{ inherit config options; }
