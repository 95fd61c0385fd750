// Opens dialogs in browsers that do not know the attributes `command` and `commandfor` yet; others need none of this.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  for (const button of document.querySelectorAll("button[commandfor]")) {
    button.addEventListener("click", () => document.getElementById(button.getAttribute("commandfor")).showModal());
  }
}
