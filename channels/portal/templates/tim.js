/* The search of the portal: loads the parts of the index in which the typed words stand. */
"use strict";
(() => {
  const ENOUGH = 20;
  const form = document.getElementById("tim");
  const input = document.getElementById("q");
  const list = document.getElementById("ket-qua");
  const status = document.getElementById("so-ket-qua");
  const more = document.getElementById("them");
  const posts = Number(form.dataset.posts);
  const volume = Number(form.dataset.volume);
  const perTitles = Number(form.dataset.titles);
  const unspaced = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u{20000}-\u{3ffff}]/u;

  const folded = (text) =>
    text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d");

  /* A number in groups is one word: 500.000, 0272 3000 111. Nothing looks behind: old browsers. */
  const grouped = new RegExp(
    "(^|[^0-9.,])([0-9]{1,3}(?:[.,][0-9]{3})+)(?![.,]?[0-9])" +
      "|(^|[^0-9])(0(?:[ .\\u00a0-]?[0-9]){9,10}|1[89]00(?:[ .\\u00a0-]?[0-9]){4}" +
      "(?:(?:[ .\\u00a0-]?[0-9]){2})?)(?![0-9])",
    "g",
  );
  const joined = (all, before, thousands, ahead, phone) =>
    `${before || ahead || ""} ${(thousands || phone).replace(/[^0-9]/g, "")} `;

  const wordsOf = (text) => {
    const found = new Set();
    for (const word of folded(text.replace(grouped, joined)).match(/[\p{L}\p{M}\p{N}]+/gu) || []) {
      const marks = Array.from(word);
      if (unspaced.test(word)) {
        for (let at = 0; at < Math.max(1, marks.length - 1); at += 1) {
          found.add(marks.slice(at, at + 2).join(""));
        }
      } else {
        found.add(marks.slice(0, 32).join(""));
      }
    }
    return [...found];
  };

  const bucketOf = (word) => {
    const head = Array.from(word).slice(0, 2).join("");
    return /^[a-z0-9]{1,2}$/.test(head) ? head : "x" + (word.codePointAt(0) >> 6).toString(16);
  };

  /* Scripts, for files that are opened from disk cannot be fetched. */
  const held = new Map();
  const waiting = new Map();
  globalThis.loaTim = (name, value) => {
    waiting.get(name)(value);
  };
  const load = (name) => {
    if (!held.has(name)) {
      held.set(
        name,
        new Promise((resolve, reject) => {
          waiting.set(name, resolve);
          const script = document.createElement("script");
          script.src = `${name}.js`;
          script.onerror = () => {
            held.delete(name);
            script.remove();
            reject(new Error(name));
          };
          document.head.append(script);
        }),
      );
    }
    return held.get(name);
  };

  const numbersOf = async (number, word, last) => {
    const name = bucketOf(word);
    if (!(await load(`g${number}`)).includes(name)) return new Map();
    const words = await load(`g${number}/${name}`);
    const alike = last && Array.from(word).length > 1
      ? Object.keys(words).filter((one) => one.startsWith(word))
      : Object.keys(words).filter((one) => one === word);
    const found = new Map();
    for (const one of alike) {
      words[one].forEach((numbers, place) => {
        for (const post of numbers) found.set(post, found.get(post) || place === 0);
      });
    }
    return found;
  };

  /* Posts of one volume that have every word: those with all words in the title first. */
  const foundIn = async (number, words) => {
    const parts = await Promise.all(
      words.map((word, at) => numbersOf(number, word, at === words.length - 1)),
    );
    const all = [...parts[0].keys()].filter((post) => parts.every((part) => part.has(post)));
    const titled = (post) => parts.every((part) => part.get(post));
    return all
      .sort((a, b) => Number(titled(b)) - Number(titled(a)) || b - a)
      .map((post) => number * volume + post);
  };

  const shown = (row) => {
    const [id, title, day, ends, over, audience, summary] = row;
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `../${id}/index.html`;
    link.dir = "auto";
    link.textContent = title;
    const meta = document.createElement("span");
    meta.className = "meta";
    const ended = over || ends * 1000 < Date.now();
    meta.textContent = `${day}${ended ? ", đã hết hiệu lực" : ""}. Dành cho: ${audience}`;
    const said = document.createElement("span");
    said.className = "said";
    said.dir = "auto";
    said.textContent = summary;
    item.append(link, meta, said);
    return item;
  };

  const rowsOf = (numbers) =>
    Promise.all(
      numbers.map(async (post) => (await load(`d${Math.floor(post / perTitles)}`))[post % perTitles]),
    );

  let question = 0;

  /* Goes through the volumes until there is enough to show; the button goes on from there. */
  async function* results(words) {
    let found = [];
    for (let number = Math.ceil(posts / volume) - 1; number >= 0; number -= 1) {
      found.push(...(await foundIn(number, words)));
      while (found.length >= ENOUGH) {
        yield { numbers: found.splice(0, ENOUGH), ended: false };
      }
    }
    yield { numbers: found, ended: true };
  }

  const ask = async () => {
    question += 1;
    const mine = question;
    const words = wordsOf(input.value);
    list.replaceChildren();
    more.hidden = true;
    status.textContent = "";
    if (!words.length) return;
    status.textContent = "Đang tìm…";
    const source = results(words);
    let count = 0;
    const next = async () => {
      try {
        const { value } = await source.next();
        const rows = await rowsOf(value.numbers);
        if (mine !== question) return;
        const items = rows.map(shown);
        list.append(...items);
        count += items.length;
        more.hidden = value.ended;
        status.textContent = count
          ? `${value.ended ? "Có" : "Đang hiện"} ${count} thông báo có “${input.value.trim()}”.`
          : `Không có thông báo nào có “${input.value.trim()}”.`;
        return items;
      } catch (error) {
        if (mine === question) {
          status.textContent = "Chưa tải được mục lục tìm kiếm. Kiểm tra mạng rồi thử lại.";
        }
        return [];
      }
    };
    more.onclick = async () => {
      const items = await next();
      if (items && items.length) items[0].querySelector("a").focus();
    };
    await next();
  };

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 200);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    history.replaceState(null, "", `?q=${encodeURIComponent(input.value)}`);
    ask();
  });
  document.getElementById("can-script").hidden = false;
  input.value = new URLSearchParams(location.search).get("q") || "";
  if (input.value) ask();
})();
