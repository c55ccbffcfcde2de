// The few public pages that are not the merchant's: plain HTML, no script, no style from elsewhere.

const escape = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** A page with a heading and some paragraphs; `form` adds one button that posts back to the same address. */
export function page(content: { title: string; paragraphs: string[]; button?: string }): string {
  const form =
    content.button === undefined
      ? ""
      : `<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button type="submit">${escape(content.button)}</button></form>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${escape(content.title)}</title>
<style>body{margin:0;background:#f6f6f7;color:#202223;font:17px/1.55 system-ui,sans-serif}main{max-width:34rem;margin:12vh auto;padding:2.5rem;background:#fff;border-radius:12px;box-shadow:0 1px 3px #0002}
h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.25}button{margin-top:.5rem;padding:.75rem 1.5rem;border:0;border-radius:8px;background:#1a1a1a;color:#fff;font:inherit;font-weight:600;cursor:pointer}button:focus-visible{outline:3px solid #2c6ecb;outline-offset:2px}</style></head>
<body><main><h1>${escape(content.title)}</h1>${content.paragraphs.map((one) => `<p>${escape(one)}</p>`).join("")}${form}</main></body></html>`;
}
