// Hides the gradients of some cards of the picture behind a question mark.
import { groupsOf } from "./picture.js";

const SVG = "http://www.w3.org/2000/svg";

function mask(group) {
  for (const stripe of group.querySelectorAll(".stripe-gradient")) {
    const area = stripe.getBBox();
    const inside = [...group.children].filter((mark) => {
      if (mark === stripe || mark.classList.contains("card")) return false;
      const box = mark.getBBox();
      const middle = box.y + box.height / 2;
      return box.height <= area.height + 2 && box.x > area.x && middle >= area.y - 2 && middle <= area.y + area.height + 2;
    });
    const values = inside.filter((mark) => mark.getBBox().x > area.x + 40);
    for (const mark of values) mark.classList.add("masked");
    const sign = document.createElementNS(SVG, "text");
    sign.setAttribute("x", area.x + 52);
    sign.setAttribute("y", area.y + area.height / 2 + 5);
    sign.setAttribute("class", "question bold gradient-ink");
    sign.textContent = "?";
    group.append(sign);
  }
  group.setAttribute("aria-label", group.getAttribute("aria-label").replace(/grad.*$/i, "?"));
}

/** Hides the gradients of the cards of some nodes, in the picture as it stands. */
export function maskNodes(ids) {
  for (const id of ids) for (const group of groupsOf(id)) if (!group.querySelector(".question")) mask(group);
}
