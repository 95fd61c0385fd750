// Adds − and + beside number inputs marked data-stepper, and keeps running totals in forms marked data-live-total.
// Without JavaScript the inputs and the server's totals do the whole work.
const yuan = (fen) => "¥" + (fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

for (const input of document.querySelectorAll("input[data-stepper]")) {
  const wrap = document.createElement("span");
  wrap.className = "stepper";
  input.replaceWith(wrap);
  const step = (sign, label) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign > 0 ? "+" : "−";
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => {
      if (sign > 0) input.stepUp(); else input.stepDown();
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return button;
  };
  wrap.append(step(-1, input.dataset.less), input, step(1, input.dataset.more));
}

for (const form of document.querySelectorAll("form[data-live-total]")) {
  const totals = form.querySelectorAll("[data-total]");
  const left = form.querySelectorAll("[data-left]");
  const limit = Number(form.dataset.limit || 0);
  const update = () => {
    let sum = 0;
    for (const input of form.querySelectorAll("input[data-price]")) sum += Number(input.dataset.price) * (parseInt(input.value, 10) || 0);
    for (const node of totals) node.textContent = yuan(sum);
    for (const node of left) {
      node.textContent = sum > limit ? "−" + yuan(sum - limit) : yuan(limit - sum);
      node.classList.toggle("late", sum > limit);
    }
  };
  form.addEventListener("input", update);
  update();
}
