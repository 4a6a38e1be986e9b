/** One self-contained page: no network, and nothing of a journal is ever taken for markup. */
import { createHash } from 'node:crypto'
import type { PageModel } from './page-model.ts'
import { pageScript } from './script.ts'
import { pageStyle } from './style.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => entities[c] ?? c)

/** JSON that can neither end its element nor open a comment; the line separators end a string. */
export const embeddedJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const digest = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Exactly this script and this style, and nothing from anywhere. */
const policy =
  `default-src 'none'; style-src ${digest(pageStyle)}; script-src ${digest(pageScript)}; ` +
  `base-uri 'none'; form-action 'none'`

const verdictLine = ({ clean, findings, records }: PageModel): string =>
  clean ? `clean, ${records} records` : `${findings.length} finding(s) in ${records} records`

/** The headings, the verdict and the command's answer are there without scripts too. */
export const htmlPage = (model: PageModel): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>isula-audit: ${escapeHtml(model.source)}</title>
<style>${pageStyle}</style>
</head>
<body data-ready="no">
<header>
<h1>${escapeHtml(model.source)}</h1>
<p id="verdict" class="${model.clean ? 'good' : 'bad'}">${escapeHtml(verdictLine(model))}</p>
<p>isula-audit ${escapeHtml(model.command)}, ${escapeHtml(model.madeAt)}</p>
</header>
<main>
<section><h2>Findings</h2><ul id="findings"></ul><ul id="notes"></ul></section>
<section><h2>Checks</h2><table id="checks"><tbody></tbody></table></section>
<section><h2>Containers</h2>
<p id="legend"></p>
<p><label>Across: <select id="axis"><option value="record">records</option>
<option value="time">time</option></select></label></p>
<div id="lanes"></div></section>
<section><h2>Timeline</h2>
<p><label>Only what contains <input id="filter" type="search"></label> <span id="count"></span></p>
<table id="timeline"><thead><tr><th>Event</th><th>At</th><th>By</th><th>Object</th>
<th>Because of</th><th>What</th></tr></thead><tbody></tbody></table>
<p><button id="more" type="button" hidden>Show more</button></p></section>
<section><h2>Answer</h2><pre id="answer">${escapeHtml(model.text)}</pre></section>
</main>
<script id="model" type="application/json">${embeddedJson(model)}</script>
<script>${pageScript}</script>
</body>
</html>
`
