// A part of a page that changes by itself: fetched again every few seconds. Without script the page loads itself as a whole.
for (const part of document.querySelectorAll("[data-live]")) {
  const wait = Number(part.dataset.seconds || 2) * 1000;
  const again = async () => {
    try {
      const answer = await fetch(part.dataset.live, { headers: { "X-Requested-With": "live" }, redirect: "error" });
      if (answer.status === 205) return location.reload(); // it has ended: the page has other things to say now
      if (answer.ok) {
        const text = await answer.text();
        if (text !== part.dataset.last) part.innerHTML = part.dataset.last = text;
      }
    } catch {
      // The line is down for a moment; the next try tells.
    }
    setTimeout(again, document.hidden ? 4 * wait : wait);
  };
  setTimeout(again, wait);
}
