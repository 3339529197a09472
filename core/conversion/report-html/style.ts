/** The style sheet of report.html: light, dark and print, one colour for each precision everywhere. */

/**
 * FP32 blue, FP16 green, INT8 orange follow the palette of Okabe and Ito, which colour-blind readers tell apart;
 * their text variants reach 4.5:1 and their fills 3:1 on both backgrounds. Failure is never colour alone.
 */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfb; --raised: #ffffff; --sunken: #f3f4f3; --ink: #1a1e23; --soft: #525b66; --line: #dde0e3; --grid: #e8eaec;
  --fp32: #0072b2; --fp16: #00875f; --int8: #c75a00;
  --fp32-text: #005f96; --fp16-text: #00694a; --int8-text: #a04500;
  --error: #b0103a; --error-back: #fdf0f2; --warning: #7a5200; --warning-back: #fdf6e3; --focus: #0072b2;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --raised: #1a1e22; --sunken: #1f2428; --ink: #e6e8ea; --soft: #a3acb5; --line: #333a40; --grid: #282e33;
    --fp32: #4aa8e8; --fp16: #2fb98c; --int8: #f09440;
    --fp32-text: #6cbaf0; --fp16-text: #4ccba1; --int8-text: #f5a55c;
    --error: #ff7d95; --error-back: #321a20; --warning: #e5b95c; --warning-back: #2b2415; --focus: #6cbaf0;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--sans); font-variant-numeric: tabular-nums; }
a { color: inherit; text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
code, pre, .mono { font-family: var(--mono); font-size: .87em; overflow-wrap: anywhere; }
.page { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); gap: 0 3rem; max-width: 84rem; margin: 0 auto; padding: 2.5rem 2.5rem 5rem; }
header { grid-column: 2; }
.overline { margin: 0; color: var(--soft); font-size: .8rem; letter-spacing: .04em; }
h1 { margin: .1rem 0 1.1rem; font-size: 1.75rem; line-height: 1.2; font-weight: 620; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 0 0 .2rem; font-size: 1.1rem; font-weight: 620; letter-spacing: -.005em; }
h3 { margin: 1.4rem 0 .4rem; font-size: .92rem; font-weight: 620; }
p { margin: 0 0 .8rem; max-width: 46rem; }
.soft, .lead { color: var(--soft); }
.lead { font-size: .9rem; margin-bottom: 1rem; }
nav { grid-column: 1; grid-row: 1 / span 2; font-size: .84rem; }
nav ol { position: sticky; top: 2.5rem; list-style: none; margin: 0; padding: .15rem 0 0; border-left: 1px solid var(--line); }
nav a { display: block; padding: .2rem 0 .2rem .9rem; color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--ink); text-decoration: underline; }
main { grid-column: 2; min-width: 0; }
section { margin-top: 2.6rem; padding-top: 1.1rem; border-top: 1px solid var(--line); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: .75rem 1.5rem; margin: 0; }
.facts div { min-width: 0; }
.facts .wide { grid-column: 1 / -1; }
dt { color: var(--soft); font-size: .78rem; }
dd { margin: 0; font-size: .9rem; overflow-wrap: anywhere; }
.summary { list-style: none; margin: 1.6rem 0 0; padding: 0; font-size: 1.22rem; line-height: 1.45; letter-spacing: -.005em; }
.summary li { padding: .1rem 0 .1rem .9rem; border-left: 4px solid var(--c, var(--line)); margin-bottom: .5rem; text-wrap: balance; }
.summary .failed { border-left-color: var(--error); color: var(--error); font-weight: 600; }
.fp32 { --c: var(--fp32); --ct: var(--fp32-text); } .fp16 { --c: var(--fp16); --ct: var(--fp16-text); } .int8 { --c: var(--int8); --ct: var(--int8-text); }
.precision { color: var(--ct); font-weight: 650; white-space: nowrap; }
.precision::before { content: ""; display: inline-block; width: .62em; height: .62em; margin-right: .45em; background: var(--c); border-radius: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
caption { text-align: left; color: var(--soft); font-size: .84rem; padding-bottom: .5rem; }
th, td { padding: .42rem .7rem; text-align: right; border-bottom: 1px solid var(--grid); vertical-align: baseline; white-space: nowrap; }
tr > th:first-child[scope=row], thead tr:first-child > th:first-child, td:first-child { text-align: left; padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 500; font-size: .8rem; border-bottom-color: var(--line); vertical-align: bottom; }
thead .group { text-align: center; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; }
td .delta { display: block; color: var(--soft); font-size: .8rem; }
td.text, th.text { text-align: left; white-space: normal; }
.results tbody td:first-child, .results tbody th:first-child, .results thead tr:first-child > th:first-child { padding-left: .8rem; }
.results tr.failed > * { background: var(--error-back); border-bottom: 0; }
.results tr.failed > td { color: var(--soft); text-decoration: line-through; text-decoration-thickness: 1px; }
.results tr.failed > th, .results tr.verdict > td { box-shadow: inset 4px 0 0 var(--error); }
.results tr.verdict > td { background: var(--error-back); color: var(--error); font-weight: 650; text-align: left; white-space: normal; padding-top: 0; }
.worse { color: var(--error); font-weight: 600; }
.notes { list-style: none; margin: 1rem 0 0; padding: 0; font-size: .9rem; }
.notes li { margin-bottom: .5rem; padding: .5rem .8rem; background: var(--sunken); border-left: 4px solid var(--line); max-width: 60rem; }
.notes .warning { border-left-color: var(--warning); background: var(--warning-back); }
.notes .error { border-left-color: var(--error); background: var(--error-back); }
.notes strong { font-weight: 650; } .notes .warning strong { color: var(--warning); } .notes .error strong { color: var(--error); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1.5rem 2.5rem; }
figure { margin: 0; min-width: 0; }
figcaption { font-size: .9rem; font-weight: 600; margin-bottom: .3rem; }
figcaption small { display: block; color: var(--soft); font-weight: 400; font-size: .82rem; }
figcaption small.worse { color: var(--error); font-weight: 600; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.body svg, .stack svg { max-width: 44rem; }
svg text { fill: var(--ink); font: 12px var(--sans); font-variant-numeric: tabular-nums; }
svg .axis { fill: var(--soft); font-size: 11px; }
svg .label { font-weight: 650; fill: var(--ct); }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .bar { fill: var(--c); }
svg .whisker { stroke: var(--ink); stroke-width: 1.5; fill: none; }
svg .bar.pale { fill: var(--c); opacity: .3; }
svg .failed .bar { fill: none; stroke: var(--error); stroke-width: 1.5; stroke-dasharray: 4 3; }
svg .failed text { fill: var(--error); }
.stack { margin: 0 0 1rem; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.3rem; margin: 0 0 1rem; padding: 0; list-style: none; font-size: .84rem; color: var(--soft); }
.legend label { display: inline-flex; align-items: center; gap: .45rem; cursor: pointer; color: var(--ink); }
.legend svg { width: 30px; height: 12px; flex: none; background: #33373b; border-radius: 2px; }
.legend .swatch { display: inline-block; width: .7em; height: .7em; margin-right: .4em; border-radius: 2px; background: var(--c); }
.s0 { --c: #b4bec7; } .s1 { --c: #c6b3df; } .s2 { --c: #eec584; } .s3 { --c: #98ccd0; }
svg .s0, svg .s1, svg .s2, svg .s3 { fill: var(--c); stroke: var(--soft); stroke-width: .75; }
.legend .swatch { outline: 1px solid var(--soft); }
svg .inside { fill: #1a1e23; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1.3rem 2rem; }
.multiples figcaption { font-size: .86rem; }
svg .line { fill: none; stroke: var(--c); stroke-width: 1.75; stroke-linejoin: round; }
svg .area { fill: var(--soft); opacity: .55; } svg .clipped { fill: var(--error); opacity: .8; } svg .threshold { stroke: var(--int8); stroke-width: 1.5; }
details > summary { cursor: pointer; font-size: .9rem; }
details.more > summary { color: var(--soft); padding: .6rem 0; }
.ranges { border-top: 1px solid var(--grid); }
.ranges details { border-bottom: 1px solid var(--grid); }
.ranges summary { display: grid; grid-template-columns: 1rem minmax(0, 1fr) 8rem 8rem 9rem; gap: .8rem; padding: .35rem 0; align-items: baseline; list-style: none; font-size: .86rem; }
.ranges summary::-webkit-details-marker { display: none; }
.ranges summary::before { content: "\\25b8"; color: var(--soft); } .ranges details[open] > summary::before { content: "\\25be"; }
.ranges summary span:nth-child(n+2) { text-align: right; }
.ranges .body { padding: .3rem 0 1rem 1.8rem; }
.ranges .head { display: grid; grid-template-columns: 1rem minmax(0, 1fr) 8rem 8rem 9rem; gap: .8rem; color: var(--soft); font-size: .8rem; padding-bottom: .3rem; }
.ranges .head span:nth-child(n+3) { text-align: right; }
.search { display: flex; align-items: center; gap: .8rem; margin-bottom: 1rem; font-size: .86rem; color: var(--soft); }
.search input { font: inherit; color: var(--ink); background: var(--raised); border: 1px solid var(--soft); border-radius: 3px; padding: .3rem .6rem; width: 20rem; max-width: 100%; }
[hidden] { display: none !important; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1.6rem 1.6rem; }
.pictures figcaption { margin: .4rem 0 0; font-weight: 400; font-size: .84rem; overflow-wrap: anywhere; }
.pictures + .scroll { margin-top: 1.2rem; }
.pictures svg { background: #2a2d30; border-radius: 2px; overflow: hidden; }
.overlay rect { fill: none; vector-effect: non-scaling-stroke; } .overlay .halo { stroke: #000; stroke-opacity: .55; stroke-width: 4; }
.overlay .stroke { stroke-width: 2; } .overlay .unchanged .stroke { stroke-width: 1.25; stroke-opacity: .8; } .overlay .unchanged .halo { stroke-width: 2.5; stroke-opacity: .35; }
.overlay .by-fp32 { stroke: #5cb8ff; stroke-dasharray: 6 4; } .overlay .by-fp16 { stroke: #35d6a2; } .overlay .by-int8 { stroke: #ff9d3d; } .overlay .by-truth { stroke: #fff; stroke-dasharray: 1.5 3; stroke-width: 1.5; }
.overlay .fill-fp32 { fill: #5cb8ff; fill-opacity: .22; } .overlay .fill-fp16 { fill: #35d6a2; fill-opacity: .22; } .overlay .fill-int8 { fill: #ff9d3d; fill-opacity: .22; }
.overlay text { fill: #fff; font-weight: 650; paint-order: stroke; stroke: #000; stroke-width: .28em; stroke-linejoin: round; stroke-opacity: .8; }
body:has(#show-truth:not(:checked)) .truth, body:has(#show-unchanged:not(:checked)) .unchanged, body:has(#show-lost:not(:checked)) .lost, body:has(#show-added:not(:checked)) .added, body:has(#show-moved:not(:checked)) .moved { display: none; }
pre { margin: 0; padding: .9rem 1rem; background: var(--sunken); border: 1px solid var(--line); border-radius: 3px; white-space: pre-wrap; }
.nodes { columns: 20rem; column-gap: 2rem; margin: .4rem 0 1rem; padding-left: 1.1rem; font-size: .84rem; }
footer { grid-column: 2; margin-top: 3rem; color: var(--soft); font-size: .82rem; }
@media (max-width: 76rem) {
  .page { grid-template-columns: minmax(0, 1fr); padding: 1.6rem 1.6rem 4rem; }
  header, main, nav, footer { grid-column: 1; grid-row: auto; }
  nav { order: 1; margin-top: 1.5rem; } main { order: 2; } footer { order: 3; }
  nav ol { position: static; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; border: 0; } nav a { padding: 0; text-decoration: underline; text-decoration-color: var(--line); }
  main > section:first-child { margin-top: 1.4rem; }
  th, td { padding-left: .45rem; padding-right: .45rem; }
}
@media print {
  :root { --paper: #fff; --ink: #000; }
  body { font-size: 11px; } nav, .search, .legend input { display: none; } .page { display: block; padding: 0; }
  figure, tr, .notes li { break-inside: avoid; } h2, h3 { break-after: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
