// <chainrule-graph>: the autograd graph of the program in the <pre> inside it, which stays where scripts do not run.
//
//   <script src="https://host/embed.js" async></script>
//   <chainrule-graph view="values" editable><pre>(2*x**3).sum()/12</pre></chainrule-graph>
//
// Attributes: the view options of a picture (view, theme, step, pass, open, direction, labels, ...), inputs (JSON),
// seed, root, gradient, editable, chrome="0".
"use strict";

(() => {
  const server = new URL(document.currentScript.src).origin;
  const OPTIONS = [
    "view", "pass", "step", "theme", "direction", "open", "closed", "style", "highlight", "path", "constants", "saved", "detached",
    "labels", "widths", "font-scale", "boxes", "inputs", "seed", "root", "gradient", "chrome",
  ];

  // As app/chainrule/render/iframe.py writes them.
  const FRAME = {
    title: "Autograd graph", width: "100%", height: "480",
    sandbox: "allow-scripts allow-popups allow-popups-to-escape-sandbox", loading: "lazy", style: "border:0",
  };

  async function pack(source) {
    const stream = new Blob([source]).stream().pipeThrough(new CompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  class ChainruleGraph extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      // The children may still be on their way while the page is read.
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.show());
      else this.show();
    }

    async show() {
      const source = (this.querySelector("pre") ?? this).textContent.replace(/^\n/, "");
      const query = new URLSearchParams();
      for (const name of OPTIONS) if (this.hasAttribute(name)) query.set(name, this.getAttribute(name));
      if (this.hasAttribute("editable")) query.set("editable", "1");
      const frame = document.createElement("iframe");
      const address = `${server}/embed/${await pack(source)}${query.size ? `?${query}` : ""}`;
      const { style, ...attributes } = FRAME;
      for (const [name, value] of Object.entries({ ...attributes, src: address })) frame.setAttribute(name, value);
      if (this.hasAttribute("label")) frame.title = this.getAttribute("label");
      // Not as an attribute, which the policy of the page around may forbid.
      frame.style.cssText = `${style};display:block`;
      addEventListener("message", (event) => {
        const height = Number(event.data?.height);
        if (event.source === frame.contentWindow && event.data?.type === "chainrule:height" && height > 0) {
          frame.style.height = `${Math.min(Math.ceil(height), 20000)}px`;
        }
      });
      this.style.display = "block";
      this.attachShadow({ mode: "open" }).append(frame);
    }
  }

  if (!customElements.get("chainrule-graph")) customElements.define("chainrule-graph", ChainruleGraph);
})();
