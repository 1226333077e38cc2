// What the reader's own check of a proof (proof.js) means, in the words of the page: whose signature, who witnessed.
document.addEventListener("proof-checked", (event) => {
  const place = event.target, said = document.querySelector(".verdict-said"), { flaws, witnesses } = event.detail;
  if (!said) return;
  const { logKey, good, seen, alone, wrong } = place.dataset, log = logKey.split("+")[0];
  if (flaws.length) { said.textContent = wrong; return; }
  const who = witnesses.length ? seen.replace("%(witnesses)s", witnesses.join(", ")) : alone;
  said.textContent = `${good.replace("%(log)s", log)}, ${who}.`;
});
