// SPDX-License-Identifier: Apache-2.0
// The style of the HTML report. Colours are told apart by people who see red and green alike; signs
// say the same without them.
#include "fare/authoring/html_report_parts.h"

namespace tidegate::fare {

std::string_view report_style() noexcept {
  return R"css(
:root {
  --page: #f6f7f9; --surface: #ffffff; --ink: #1b2430; --soft: #5a6675; --line: #d9dee5;
  --accent: #1d5fa8;
  --dearer: #b84a00; --cheaper: #0b63b0; --refused: #8a1f6d; --accepted: #00785a; --other: #7a6a00;
  --same: #e6eaef; --closed: #c2c9d2; --mark: rgba(20, 30, 40, .16);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161b; --surface: #1b2129; --ink: #e7ecf2; --soft: #a0acba; --line: #323b47;
    --accent: #7db8f5;
    --dearer: #ff9a4d; --cheaper: #62b0ff; --refused: #f08fd4; --accepted: #3fcf9f;
    --other: #d9c75a;
    --same: #2a323c; --closed: #48525f; --mark: rgba(255, 255, 255, .22);
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
        "WenQuanYi Micro Hei", sans-serif;
}
main { max-width: 1180px; margin: 0 auto; padding: 20px 20px 60px; }
h1 { font-size: 1.7rem; margin: 0 0 12px; }
h2 { font-size: 1.2rem; margin: 38px 0 10px; }
h1 [lang=en], h2 [lang=en] { color: var(--soft); font-weight: 500; }
code { font: .86em ui-monospace, Consolas, monospace; overflow-wrap: anywhere; }
small { display: block; color: var(--soft); font-size: .85em; }
.books { display: flex; align-items: stretch; gap: 12px; }
.book {
  flex: 1; min-width: 0; background: var(--surface); border: 1px solid var(--line);
  border-radius: 10px; padding: 12px 14px; overflow-wrap: anywhere;
}
.book:last-child { border-color: var(--accent); }
.book strong { font-size: 1.08rem; }
.role { color: var(--soft); font-size: .85em; }
.arrow { align-self: center; font-size: 1.5rem; color: var(--soft); }
dl { margin: 6px 0 0; }
dl div { display: flex; gap: 10px; }
dt { color: var(--soft); flex: 0 0 6.5em; }
dd { margin: 0; min-width: 0; }
.hash { font: .8em/1.9 ui-monospace, Consolas, monospace; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.same { font-size: 1.1rem; }
.tiles {
  display: grid; gap: 10px; margin: 16px 0 0;
  grid-template-columns: repeat(auto-fit, minmax(140px, 1fr));
}
.tile {
  background: var(--surface); border: 1px solid var(--line); border-left: 5px solid var(--line);
  border-radius: 8px; padding: 10px 12px;
}
.tile b { display: block; font-size: 1.55rem; line-height: 1.25;
  font-variant-numeric: tabular-nums; }
.tile i { font-style: normal; font-size: .7em; margin-right: .3em; vertical-align: .1em; }
.tile span { color: var(--soft); font-size: .87em; line-height: 1.35; display: block; }
.tile.dearer { border-left-color: var(--dearer); } .tile.dearer b { color: var(--dearer); }
.tile.cheaper { border-left-color: var(--cheaper); } .tile.cheaper b { color: var(--cheaper); }
.tile.newly_refused { border-left-color: var(--refused); }
.tile.newly_refused b { color: var(--refused); }
.tile.newly_accepted { border-left-color: var(--accepted); }
.tile.newly_accepted b { color: var(--accepted); }
.tile.other_reason { border-left-color: var(--other); }
.tile.none b { color: var(--soft); }
.controls { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: end; margin: 8px 0; }
.controls label { color: var(--soft); font-size: .85em; display: flex; flex-direction: column;
  min-width: 0; max-width: 100%; }
select, input, button {
  font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--line);
  border-radius: 7px; padding: 6px 9px; min-height: 38px; max-width: 100%;
}
select, input { font-size: 1.1em; }
.controls select { max-width: 22em; }
button { cursor: pointer; min-width: 38px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.zoom { display: inline-flex; gap: 4px; }
.legend { list-style: none; padding: 0; margin: 10px 0 4px; display: flex; flex-wrap: wrap;
  gap: 6px 16px; font-size: .9em; }
.legend li { display: flex; align-items: center; gap: 6px; }
.swatch {
  width: 1.5em; height: 1.5em; border-radius: 4px; display: inline-grid; place-items: center;
  font-style: normal; font-size: .85em; color: var(--surface);
}
.swatch.dearer { background: var(--dearer); } .swatch.cheaper { background: var(--cheaper); }
.swatch.newly_refused { background: var(--refused); }
.swatch.newly_accepted { background: var(--accepted); }
.swatch.other_reason { background: var(--other); }
.swatch.unchanged { background: var(--same); color: var(--soft); }
.swatch.closed { background: var(--closed); color: var(--ink); }
.hint { color: var(--soft); font-size: .88em; margin: 4px 0; }
.info {
  background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 9px 12px;
  margin: 8px 0; min-height: 5.4em; overflow-wrap: anywhere;
}
.info .price { font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.frame { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: 8px;
  background: var(--surface); }
.sheet { position: relative; width: max-content; margin: 0 auto; }
canvas { display: block; touch-action: pan-x pan-y; }
.mark { position: absolute; pointer-events: none; background: var(--mark); display: none; }
.wide { overflow-x: auto; margin: 10px 0; border: 1px solid var(--line); border-radius: 8px;
  background: var(--surface); }
table { border-collapse: collapse; width: 100%; font-size: .92em; }
th, td { text-align: left; vertical-align: top; padding: 7px 10px;
  border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: .88em; }
thead button { border: 0; background: none; padding: 0; min-height: 0; text-align: left;
  color: inherit; font-weight: inherit; line-height: 1.35; }
th[aria-sort=ascending] button::after { content: " ↑"; color: var(--accent); }
th[aria-sort=descending] button::after { content: " ↓"; color: var(--accent); }
.counts td, .counts thead th:not(:first-child), td.money {
  text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.counts tbody th { font-weight: 500; }
.zero { color: var(--soft); }
td.money.dearer, .kind.dearer { color: var(--dearer); font-weight: 600; }
td.money.cheaper, .kind.cheaper { color: var(--cheaper); font-weight: 600; }
.kind.newly_refused { color: var(--refused); font-weight: 600; }
.kind.newly_accepted { color: var(--accepted); font-weight: 600; }
.kind { white-space: nowrap; }
.refusal { color: var(--soft); }
td div + div { margin-top: 4px; }
.changes td:nth-child(8) { min-width: 11em; }
.changes td:nth-child(9) { min-width: 9em; }
.stops { columns: 16em; margin: 8px 0; }
.taps { margin: 0; padding-left: 1.1em; font-size: .92em; }
.taps .changed { font-weight: 600; }
details { margin: 8px 0; } summary { cursor: pointer; }
@media (max-width: 700px) {
  main { padding: 14px 12px 40px; }
  h1 { font-size: 1.35rem; }
  .books { flex-direction: column; } .arrow { transform: rotate(90deg); line-height: 1; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .controls label { flex: 1 1 45%; } .controls select { max-width: 100%; }
  .cards thead { display: none; }
  .cards, .cards tbody, .cards tr, .cards td { display: block; }
  .cards tr { padding: 8px 12px; border-top: 1px solid var(--line); }
  .cards tr[hidden] { display: none; }
  .cards tr:first-child { border-top: 0; }
  .cards td { border: 0; padding: 2px 0; text-align: left; white-space: normal;
    display: grid; grid-template-columns: 7.5em 1fr; }
  .cards td::before { content: attr(data-label); color: var(--soft); font-size: .87em;
    font-weight: 400; }
  .cards td > * { grid-column: 2; }
  .changes td:nth-child(n) { min-width: 0; }
  .kind { white-space: normal; }
}
@media print { .controls, .hint, .info, .frame { break-inside: avoid; } .zoom { display: none; } }
)css";
}

}  // namespace tidegate::fare
