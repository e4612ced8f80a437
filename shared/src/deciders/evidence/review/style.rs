//! The looks of the report: light, dark and paper.

/// The style sheet, in the file itself.
pub(super) const STYLE: &str = r#"
:root { color-scheme: light dark;
  --paper: #ffffff; --raised: #f4f6f8; --ink: #1b1f24; --muted: #57606a; --line: #d5dae0;
  --good: #1a7f4b; --bad: #b3261e; --accent: #1f5fae;
  --opened: #1a8f63; --closed: #c2541b; --access: #2b6cb8; --profile: #8d7aa8; --soft: #b9c7d8; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171b; --raised: #1e2328; --ink: #e8eaed; --muted: #a4adb8; --line: #363d45;
  --good: #57c08a; --bad: #ff8a7d; --accent: #82b4f2;
  --opened: #4dbb8e; --closed: #ec8850; --access: #6ea8ee; --profile: #b7a3d4; --soft: #4b5a6c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .75rem; padding-top: .9rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--accent); }
.muted { color: var(--muted); }
.good { color: var(--good); } .bad { color: var(--bad); }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; padding: 0; margin: 1rem 0 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0; padding: 0; }
.tile { background: var(--raised); border-radius: .6rem; padding: .8rem 1rem; }
.tile dt { color: var(--muted); font-size: .875rem; }
.tile dd { margin: 0; } .tile .big { font-size: 1.65rem; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile .more { color: var(--muted); font-size: .875rem; }
.proof { background: var(--raised); border-left: .3rem solid var(--good); border-radius: .3rem; padding: .6rem 1rem; margin: 1rem 0 0; overflow-wrap: anywhere; }
.proof.broken { border-color: var(--bad); }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-weight: 600; font-size: .8125rem; }
tbody th { font-weight: 500; } .number { text-align: right; font-variant-numeric: tabular-nums; padding-right: 1.6rem; }
td.who, th.who { overflow-wrap: anywhere; min-width: 9rem; } .nowrap { white-space: nowrap; }
code { font: .875em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
figure { margin: 1.25rem 0; } figcaption { margin-bottom: .4rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: .25rem 0 .5rem; font-size: .875rem; }
.key { display: inline-block; width: .75rem; height: .75rem; border-radius: .15rem; margin-right: .4rem; background: currentColor; }
.plot { display: grid; grid-template-columns: auto 1fr; column-gap: .6rem; }
.plot svg { width: 100%; height: 11rem; border-bottom: 1px solid var(--line); border-top: 1px dotted var(--line); }
.scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; font-size: .8125rem; color: var(--muted); font-variant-numeric: tabular-nums; }
.days { grid-column: 2; display: flex; justify-content: space-between; font-size: .8125rem; color: var(--muted); padding-top: .2rem; }
.opened { fill: var(--opened); color: var(--opened); } .closed { fill: var(--closed); color: var(--closed); }
.access { fill: var(--access); color: var(--access); } .profile { fill: var(--profile); color: var(--profile); }
.soft { fill: var(--soft); color: var(--soft); } .late { fill: var(--bad); color: var(--bad); }
.bars { max-width: 40rem; } .bars th { width: 9.5rem; white-space: nowrap; } .bars th, .bars td { border: 0; padding: .15rem .9rem .15rem 0; }
.bars td { display: flex; align-items: center; gap: .5rem; } .bars td span { font-variant-numeric: tabular-nums; min-width: 2ch; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
details { margin: .4rem 0; } summary { cursor: pointer; color: var(--accent); font-size: .875rem; }
.tasks { padding: 0; list-style: none; } .tasks li { background: var(--raised); border-radius: .5rem; padding: .6rem .9rem; margin: .5rem 0; overflow-wrap: anywhere; }
.split { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 0 2.5rem; }
footer { color: var(--muted); font-size: .875rem; padding-top: 2rem; padding-bottom: 2.5rem; }
@media print { :root { --paper: #fff; --raised: #f4f6f8; --ink: #000; --muted: #444; --line: #bbb; color-scheme: light; }
  body { font-size: 10.5pt; } nav, .skip, details { display: none; } header, main, footer { max-width: none; padding: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  figure, tr, li, .tile { break-inside: avoid; } h2, h3 { break-after: avoid; } .wide { overflow: visible; } @page { margin: 16mm; } }
"#;
