/** The little that all pictures need of SVG: escaped text, elements, and one style for all. */
const escapeText = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)

export const text = (x: number, y: number, style: string, content: string): string =>
  `<text x="${x}" y="${y}" class="${style}">${escapeText(content)}</text>`

/** Two decimals are finer than a pixel, and keep the file small. */
export const at = (value: number): string => String(Math.round(value * 100) / 100)

/**
 * A picture on a card of its own, so that it can be read on any page; it follows the reader's
 * preference for light or dark. `style` adds to the common one.
 */
export function picture(
  width: number,
  height: number,
  title: string,
  body: readonly string[],
  style = '',
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${STYLE}${style}</style>`,
    `<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

const STYLE = `
svg { --ink: #1f2328; --soft: #59636e; --line: #59636e; --card: #ffffff; --edge: #d1d9e0;
  --core: #ddf4ff; --coreline: #0969da; --world: #fff8c5; --worldline: #9a6700;
  --plain: #f6f8fa; --baton: #cf222e; --buy: #0969da; --sell: #bc4c00; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #f0f6fc; --soft: #9198a1; --line: #9198a1; --card: #0d1117; --edge: #3d444d;
    --core: #121d2f; --coreline: #4493f8; --world: #272115; --worldline: #d29922;
    --plain: #151b23; --baton: #f85149; --buy: #4493f8; --sell: #f0883e; } }
text { font: 13px ui-sans-serif, system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: var(--ink); }
.card { fill: var(--card); stroke: var(--edge); }
.name { font-weight: 600; font-size: 15px; text-anchor: middle; }
.head { font-weight: 600; font-size: 15px; }
.kind, .wire { fill: var(--soft); font-size: 12px; text-anchor: middle; }
.note { fill: var(--soft); font-size: 12px; }
.right { fill: var(--soft); font-size: 12px; text-anchor: end; }
.box { fill: var(--plain); stroke: var(--edge); stroke-width: 1.5; }
.box.core { fill: var(--core); stroke: var(--coreline); }
.box.world { fill: var(--world); stroke: var(--worldline); }
.arrow { fill: none; stroke: var(--line); stroke-width: 1.5; }
.arrow.baton { stroke: var(--baton); stroke-width: 2; }
.tip { fill: var(--line); }
.tip.baton { fill: var(--baton); }
.grid { stroke: var(--edge); stroke-width: 1; }
.curve { fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-linejoin: round; }
.mid { fill: none; stroke: var(--soft); stroke-width: 1; stroke-linejoin: round; }
.buy { fill: var(--buy); }
.sell { fill: var(--sell); }
`
