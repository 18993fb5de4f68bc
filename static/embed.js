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
      frame.src = `${server}/embed/${await pack(source)}${query.size ? `?${query}` : ""}`;
      frame.title = this.getAttribute("label") ?? "Autograd graph";
      frame.loading = "lazy";
      frame.setAttribute("sandbox", "allow-scripts allow-popups allow-popups-to-escape-sandbox");
      frame.style.cssText = "border:0;width:100%;height:480px;display:block";
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
