
"use strict";
function make(svg, name, attributes) {
  const node = document.createElementNS(svg.namespaceURI, name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  return node;
}
function draw(svg) {
  svg.replaceChildren();
  const frame = svg.parentElement.getBoundingClientRect();
  svg.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
  for (const arrow of svg.dataset.arrows.split(" ")) {
    const [from, to, type] = arrow.split(">");
    const a = document.getElementById(from).getBoundingClientRect();
    const b = document.getElementById(to).getBoundingClientRect();
    const right = b.left + b.width / 2 > a.left + a.width / 2;
    const apart = right ? a.right + 16 < b.left : b.right + 16 < a.left;
    const x1 = (right ? a.right : a.left) - frame.left;
    const y1 = a.top + a.height * (type === "misses" ? 0.5 : 0.6) - frame.top;
    let x2, y2, path;
    if (apart) {
      x2 = (right ? b.left - 3 : b.right + 3) - frame.left;
      y2 = b.top + b.height / 2 - frame.top;
      const bend = (x2 - x1) * 0.75;
      path = `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    } else {
      const side = right ? 1 : -1;
      x2 = (right ? b.right : b.left) - frame.left + side * 2;
      y2 = b.top + b.height / 2 - frame.top;
      path = `M${x1} ${y1} C${x2 + side * 20} ${y1} ${x2 + side * 20} ${y2} ${x2} ${y2}`;
    }
    const tip = `M${x2} ${y2} l${right === apart ? -8 : 8} -4.5 v9 z`;
    svg.append(make(svg, "path", { d: path, class: type }), make(svg, "path", { d: tip, class: `${type} tip` }));
    svg.append(make(svg, "circle", { cx: x1, cy: y1, r: 3.5, class: `${type} tip` }));
  }
}
const drawAll = () => document.querySelectorAll("svg.arrows").forEach(draw);
drawAll();
addEventListener("resize", drawAll);
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const code = document.getElementById(button.dataset.copy);
  let done = "Copied";
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code);
    done = "Selected";
  }
  button.textContent = done;
  setTimeout(() => (button.textContent = "Copy"), 1600);
});
