// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Style and script of the HTML report. The page is whole without the script; that only filters and groups.
#pragma once

namespace coroguard::report {

inline constexpr char htmlStyle[] = R"css(
:root { --ink: #1c2128; --dim: #636c76; --line: #d1d9e0; --paper: #fff; --soft: #f6f8fa; --error: #cf222e; --warning: #9a6700; --note: #0969da; --good: #1a7f37; --mark: #fff1b8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --dim: #9198a1; --line: #3d444d; --paper: #0d1117; --soft: #161b22; --error: #ff7b72; --warning: #d29922; --note: #58a6ff; --good: #3fb950; --mark: #5c4813; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
main, header { max-width: 70rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 1.5rem 0 .2rem; } h2 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
.dim { color: var(--dim); } .error { color: var(--error); } .warning { color: var(--warning); } .note { color: var(--note); }
#filters { position: sticky; top: 0; background: var(--paper); padding: .6rem 0; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .4rem; z-index: 1; }
#filters input[type=search] { flex: 1 1 14rem; padding: .35rem .6rem; font: inherit; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; }
#filters button, #filters select { padding: .3rem .7rem; font: inherit; font-size: .85rem; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 1rem; cursor: pointer; }
#filters button[aria-pressed=true] { border-color: var(--note); color: var(--note); }
article { border: 1px solid var(--line); border-radius: 8px; margin: .8rem 0; padding: .7rem .9rem; }
article h3 { font-size: 1rem; margin: 0 0 .4rem; } article h3 b { text-transform: uppercase; font-size: .75rem; }
pre { margin: .3rem 0 .6rem; padding: .5rem 0; overflow-x: auto; background: var(--soft); border-radius: 6px; font: 13px/1.45 ui-monospace, monospace; tab-size: 4; }
pre.page { padding: .8rem; white-space: pre-wrap; }
.row { display: block; padding: 0 .8rem; } .row.here { background: color-mix(in srgb, var(--mark) 35%, transparent); } .row i { display: inline-block; min-width: 3.2rem; padding-right: .8rem; text-align: right; font-style: normal; color: var(--dim); user-select: none; }
mark { background: var(--mark); color: inherit; border-radius: 3px; }
ol { padding-left: 1.4rem; margin: .4rem 0; } .cure { border-left: 3px solid var(--good); padding-left: .6rem; }
[hidden] { display: none; }
@media (max-width: 40rem) {
  #filters { flex-wrap: nowrap; overflow-x: auto; } #filters input[type=search] { flex: 0 0 60vw; } #filters button, #filters select { flex: none; }
  article { padding: .6rem; } .row i { min-width: 2.4rem; padding-right: .5rem; }
}
)css";

inline constexpr char htmlScript[] = R"js(
const search = document.querySelector('#filters input'), buttons = [...document.querySelectorAll('#filters button')];
const findings = [...document.querySelectorAll('article')], shown = document.querySelector('#shown');
function apply() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rules = buttons.filter(b => b.getAttribute('aria-pressed') === 'true').map(b => b.dataset.rule);
  let count = 0;
  for (const finding of findings) {
    const text = finding.textContent.toLowerCase();
    const visible = words.every(w => text.includes(w)) && (!rules.length || rules.includes(finding.dataset.rule));
    finding.hidden = !visible;
    count += visible;
  }
  for (const group of document.querySelectorAll('section.group')) group.hidden = !group.querySelector('article:not([hidden])');
  shown.textContent = count === findings.length ? '' : count + ' of ' + findings.length + ' shown';
}
for (const button of buttons) button.addEventListener('click', () => {
  button.setAttribute('aria-pressed', button.getAttribute('aria-pressed') !== 'true');
  apply();
});
search.addEventListener('input', apply);
document.querySelector('#filters select').addEventListener('change', event => {
  const groups = new Map();
  for (const finding of findings) {
    const name = finding.dataset[event.target.value];
    groups.set(name, [...groups.get(name) ?? [], finding]);
  }
  document.querySelector('#findings').replaceChildren(...[...groups].sort(([a], [b]) => a < b ? -1 : 1).map(([name, members]) => {
    const group = document.createElement('section'), title = document.createElement('h2');
    group.className = 'group';
    title.textContent = name;
    group.append(title, ...members);
    return group;
  }));
  apply();
});
document.querySelector('#filters').hidden = !findings.length;
)js";

} // namespace coroguard::report
