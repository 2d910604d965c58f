// Copying and sharing, where the phone can. Without it the text is marked and copied by hand.
"use strict";
for (const bar of document.querySelectorAll(".buttons[data-for]")) {
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
