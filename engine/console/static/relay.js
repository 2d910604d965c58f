// Copying and sharing, where the phone can. Without it the text is marked and copied by hand.
// Sending without a reload is htmx's; here is only what a head is told when the line breaks.
"use strict";

function prepare(root) {
  for (const bar of root.querySelectorAll(".buttons[data-for]")) {
    if (bar.hidden) {
      ready(bar);
    }
  }
}

function ready(bar) {
  const text = document.getElementById(bar.dataset.for);
  const copy = bar.querySelector("[data-copy]");
  const share = bar.querySelector("[data-share]");
  bar.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      text.focus();
      text.select();
      document.execCommand("copy");
    }
    copy.textContent = "Đã sao chép";
  });
  if (navigator.share) {
    share.hidden = false;
    share.addEventListener("click", () => {
      navigator.share({ text: text.value }).catch(() => {});
    });
  }
}

function unsent(event) {
  const form = event.detail.elt.closest("form");
  if (!form || form.querySelector(".fault")) {
    return;
  }
  const words = document.createElement("p");
  words.className = "fault";
  words.setAttribute("role", "alert");
  words.textContent = "Chưa gửi được, mạng yếu. Những gì đã ghi vẫn còn đây: xin bấm lại.";
  form.append(words);
}

document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
for (const broken of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(broken, unsent);
}
document.addEventListener("htmx:beforeRequest", (event) => {
  for (const old of event.detail.elt.querySelectorAll(".fault")) {
    old.remove();
  }
});
prepare(document);
