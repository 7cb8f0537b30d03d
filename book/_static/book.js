// A displayed formula that is wider than the page scrolls: let the keyboard reach it.
(() => {
  const reach = () => {
    for (const formula of document.querySelectorAll('mjx-container[display="true"]')) {
      if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  };
  window.addEventListener("load", () => globalThis.MathJax?.startup?.promise.then(reach));
  window.addEventListener("resize", reach);
})();
