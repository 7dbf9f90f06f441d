/** The page's one style sheet: light and dark, screen, phone and paper. */

export const style = `
:root { color-scheme: light dark; --ink: #16202b; --soft: #5b6875; --line: #dde3e9; --ground: #ffffff; --raised: #f5f7f9; --accent: #0b62a3; --good: #1a7f4b; --bad: #a8410c;
  --step0: #b4310e; --step1: #d97c2b; --step2: #c2a64a; --step3: #357c8a; --step4: #1f5f8b; --on-dark: #ffffff; --on-light: #1b1405; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ecf2; --soft: #9aa8b6; --line: #2c3742; --ground: #12181f; --raised: #1a222b; --accent: #63b3ec; --good: #58c890; --bad: #f0935a;
  --step0: #c0401d; --step1: #d98436; --step2: #b89d48; --step3: #3a7d8d; --step4: #2d6f9e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
header p, .soft { color: var(--soft); }
header p { margin: .25rem 0 0; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 3rem 0 .35rem; letter-spacing: -.005em; }
h2 + p { margin: 0 0 1rem; color: var(--soft); max-width: 44rem; }
.figures { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .75rem; margin: 1.75rem 0 0; padding: 0; }
.figures div { background: var(--raised); border-radius: .5rem; padding: .9rem 1rem; }
.figures dt { color: var(--soft); font-size: .85rem; }
.figures dd { overflow-wrap: anywhere; margin: .1rem 0 0; font-size: 1.45rem; font-weight: 620; letter-spacing: -.01em; }
.figures dd small { display: block; font-size: .82rem; font-weight: 400; color: var(--soft); letter-spacing: 0; }
.good { color: var(--good); } .bad { color: var(--bad); }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .75rem 0 0; }
th, td { padding: .4rem .6rem; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 500; white-space: nowrap; }
td.right, th.right { text-align: right; white-space: nowrap; }
td:first-child, th:first-child { padding-left: 0; overflow-wrap: anywhere; min-width: 7rem; } td:last-child, th:last-child { padding-right: 0; }
tr.total td { font-weight: 620; border-bottom: 0; border-top: 2px solid var(--line); }
.treemap > svg, .histogram svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--ink); }
.treemap text { fill: var(--on-dark); } .treemap text.name { font-weight: 620; } .treemap text.money { font-size: 13px; } .treemap text.detail { font-size: 11px; }
.treemap .step1 text, .treemap .step2 text { fill: var(--on-light); }
.step0 rect { fill: var(--step0); } .step1 rect { fill: var(--step1); } .step2 rect { fill: var(--step2); } .step3 rect { fill: var(--step3); } .step4 rect { fill: var(--step4); }
.narrow { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: .35rem 1.1rem; margin: .6rem 0 0; padding: 0; list-style: none; font-size: .85rem; color: var(--soft); }
.legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .4rem; vertical-align: -1px; }
rect.objects { fill: var(--step3); } rect.dollars { fill: var(--accent); }
.histogram text.value { text-anchor: middle; } .histogram text.label { text-anchor: end;  fill: var(--soft); font-size: 11px; } .histogram text.value { font-size: 11px; } .histogram text.panel { font-weight: 620; }
.histogram line.axis { stroke: var(--line); } .mark line { stroke: var(--bad); stroke-dasharray: 4 4; opacity: .75; } .mark text { fill: var(--bad); font-size: 11px; text-anchor: end; }
.steps { display: flex; align-items: baseline; flex-wrap: wrap; gap: .25rem .75rem; font-size: 1.25rem; font-weight: 620; margin: .25rem 0 0; }
ol.findings { list-style: none; margin: .75rem 0 0; padding: 0; } ol.findings li { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .7rem 0; border-bottom: 1px solid var(--line); } ol.findings b { overflow-wrap: anywhere; font-weight: 620; } ol.findings p { grid-column: 1 / -1; margin: .15rem 0 0; } ol.findings .good { white-space: nowrap; font-weight: 620; }
ul.plain { margin: .5rem 0 0; padding-left: 1.1rem; } ul.plain li { margin: .3rem 0; overflow-wrap: anywhere; }
details { margin-top: .9rem; } summary { cursor: pointer; color: var(--accent); }
footer { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) { .scroll > table { min-width: 34rem; } .scroll > table.short { min-width: 0; } main { padding: 1.5rem 1rem 3rem; } .wide { display: none; } .narrow { display: block; } h1 { font-size: 1.4rem; } table { font-size: .84rem; } th.right:last-child, td.right:last-child { position: sticky; right: 0; background: var(--ground); box-shadow: -.5rem 0 .5rem -.5rem var(--line); } .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); } .figures dd { font-size: 1.15rem; } .histogram svg { min-width: 36rem; } }
@media print { main { max-width: none; padding: 0; } details { display: none; } h2 { break-after: avoid; } svg, tr, li, .figures div { break-inside: avoid; } .figures div, .legend i { print-color-adjust: exact; }
  .scroll { overflow: visible; } table { font-size: .58rem; } th, td { padding: .2rem .25rem; overflow-wrap: anywhere; } th, td:not(.right) { white-space: normal; } td:first-child, th:first-child { min-width: 4rem; } }
`;
