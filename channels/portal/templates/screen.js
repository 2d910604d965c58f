/* A public screen: one notice after another, none that has run out, and up to date when it can. */
"use strict";
(() => {
  const body = document.body;
  const main = document.getElementById("tin");
  const pause = document.getElementById("dung");
  const began = performance.now();

  /* Seconds from one notice to the next, and from one look at the site to the next. */
  const query = new URLSearchParams(location.search);
  const within = (name, usual, least, most) =>
    Math.min(most, Math.max(least, Number(query.get(name)) || usual)) * 1000;
  const TURN = within("giay", 15, 5, 120);
  const LOOK = within("cap-nhat", 60, 5, 3600);

  /* A clock that was set back (a screen without a battery) counts from when the page was made. */
  const now = () =>
    Math.max(Date.now(), Number(body.dataset.asOf) * 1000 + (performance.now() - began));

  let at = 0;
  let paused = false;
  let seen = now();

  const isOver = (notice) => Number(notice.dataset.ends) * 1000 < now();

  /* What takes turns now: emergencies alone while there are any, real ones before drills. */
  const turns = () => {
    const all = [...main.querySelectorAll(".notice")];
    for (const one of all) if (isOver(one)) one.remove();
    const current = all.filter((one) => one.isConnected);
    const urgent = current.filter((one) => one.classList.contains("urgent"));
    const real = urgent.filter((one) => !one.classList.contains("drill"));
    if (real.length) return [real, current, true];
    return urgent.length ? [urgent, current, true] : [current, current, false];
  };

  /* Nobody can scroll a screen on a wall: a long notice is set smaller, down to three fifths. */
  let fitted = null;
  const fit = (notice) => {
    const root = document.documentElement;
    if (notice === fitted) return;
    fitted = notice;
    root.style.fontSize = "";
    if (!matchMedia("(min-width: 40rem) and (orientation: landscape)").matches) return;
    const usual = parseFloat(getComputedStyle(root).fontSize);
    for (let part = 0.95; part >= 0.6 && root.scrollHeight > innerHeight; part -= 0.05) {
      root.style.fontSize = `${usual * part}px`;
    }
  };
  addEventListener("resize", () => {
    fitted = null;
    show();
  });

  const show = (step = 0) => {
    const [turning, current, alarm] = turns();
    at = turning.length ? (at + step + turning.length) % turning.length : 0;
    for (const one of current) one.hidden = one !== turning[at];
    document.getElementById("khong").hidden = turning.length > 0;
    document.getElementById("nut").hidden = turning.length < 2;
    document.getElementById("thu-tu").textContent =
      turning.length > 1 ? `${at + 1} trong ${turning.length}` : "";
    body.classList.toggle("alarm", alarm);
    fit(turning[at]);
  };

  /* The commune's time, wherever the screen believes itself to be: many never had a zone set. */
  const zone = { timeZone: body.dataset.zone };
  const hours = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });
  const days = new Intl.DateTimeFormat("en-GB", { ...zone, day: "2-digit", month: "2-digit", year: "numeric" });

  const tell = () => {
    document.getElementById("gio").textContent = `${hours.format(now())}  ${days.format(now())}`;
  };

  const isDead = () => location.protocol === "file:";

  const missed = () => {
    document.getElementById("mang").textContent =
      `Mất kết nối từ ${hours.format(seen)}; vẫn hiện tin đã nhận.`;
  };

  /* Takes over what the site says now; scripts and styles that changed start the page anew. */
  const look = async () => {
    if (isDead()) {
      location.reload();
      return;
    }
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!fresh.getElementById("tin")) throw new Error("no screen");
      if (answer.headers.get("x-loa-kept")) {
        missed();
      } else {
        seen = now();
        document.getElementById("mang").textContent = "";
      }
      if (fresh.body.dataset.made !== body.dataset.made) {
        location.reload();
        return;
      }
      body.dataset.asOf = fresh.body.dataset.asOf;
      const said = (from) => [...from.querySelectorAll(".notice")].map((one) => one.outerHTML);
      const notices = fresh.getElementById("tin").querySelectorAll(".notice");
      if (said(fresh).join() !== kept) {
        kept = said(fresh).join();
        for (const one of main.querySelectorAll(".notice")) one.remove();
        main.prepend(...[...notices].map((one) => document.importNode(one, true)));
        at = 0;
        show();
      }
    } catch {
      missed();
    }
  };
  let kept = [...main.querySelectorAll(".notice")].map((one) => one.outerHTML).join();

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Chạy tiếp" : "Tạm dừng";
  });
  document.getElementById("truoc").addEventListener("click", () => show(-1));
  document.getElementById("sau").addEventListener("click", () => show(1));

  body.classList.add("runs");
  tell();
  show();
  setInterval(() => {
    tell();
    show();
  }, 1000);
  setInterval(() => {
    if (!paused) show(1);
  }, TURN);
  setInterval(look, LOOK);

  if ("serviceWorker" in navigator && location.protocol.startsWith("http")) {
    navigator.serviceWorker.register("../sw.js").catch(() => {});
  }
})();
