/* Keeps the screens of this site, so that they start and go on without a network. */
"use strict";
const KEPT = "loa-screen";

self.addEventListener("install", () => self.skipWaiting());

/* The page that brought this worker was loaded without it: it is fetched once more to be kept. */
self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      await self.clients.claim();
      const open = await self.clients.matchAll({ type: "window" });
      const names = ["screen.css", "screen.js"].map((name) => new URL(name, self.location).href);
      const cache = await caches.open(KEPT);
      await Promise.allSettled(
        [...names, ...open.map((one) => nameOf(one.url))].map((name) => cache.add(name)),
      );
    })(),
  );
});

/* A page is kept under its address without what is asked of it. */
const nameOf = (address) => {
  const url = new URL(address);
  return url.origin + url.pathname;
};

/* Ends a wait after five seconds, in browsers of old screens as well. */
const soon = () => {
  const waiting = new AbortController();
  setTimeout(() => waiting.abort(), 5000);
  return waiting.signal;
};

/* The network first; what was kept when there is none, or none within five seconds. Whole, not
   "if it changed since": servers tell changes by the second, and of two within one would show
   the first for ever. */
const answer = async (request) => {
  const cache = await caches.open(KEPT);
  const name = nameOf(request.url);
  try {
    const fresh = await fetch(name, { cache: "no-store", signal: soon() });
    if (fresh.ok) await cache.put(name, fresh.clone());
    return fresh;
  } catch (fault) {
    const held = await cache.match(name);
    if (!held) throw fault;
    const headers = new Headers(held.headers);
    headers.set("x-loa-kept", "1");
    return new Response(held.body, { status: held.status, headers });
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const here = new URL("./", self.location).href;
  if (request.method === "GET" && request.url.startsWith(here)) event.respondWith(answer(request));
});
