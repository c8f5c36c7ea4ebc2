"use strict";
// Starts the design system's enhancements, and sends a form once where somebody taps twice.
// Every page works without them.
document.addEventListener("DOMContentLoaded", () => {
  if (window.DKFDS) {
    window.DKFDS.init();
  }
  const summary = document.querySelector("[data-focus-on-load]");
  if (summary) {
    summary.focus();
  }
});

const DOUBLE_TAP_MILLISECONDS = 1000;
let sentAt = new WeakMap();

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) {
    return;
  }
  if (event.timeStamp - sentAt.get(event.target) < DOUBLE_TAP_MILLISECONDS) {
    event.preventDefault();
  } else {
    sentAt.set(event.target, event.timeStamp);
  }
});

// Whoever comes back to the page may send its forms at once.
window.addEventListener("pageshow", () => {
  sentAt = new WeakMap();
});
