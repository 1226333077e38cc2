// What the reader's own check of a proof (proof.js) means, in the words of the page: whose signature, who witnessed, and what
// the checked entry itself says, so that the sentence of the page can be held against it.
const DEEDS = {
  vi: { verify: "đối chiếu", disclose: "tra cứu thông tin", search: "tìm kiếm", refuse: "hỏi nhưng bị từ chối", change: "thay đổi dữ liệu", break_glass: "mở khẩn cấp" },
  en: { verify: "compare", disclose: "look-up", search: "search", refuse: "asked and was refused", change: "change of data", break_glass: "emergency opening" },
};

document.addEventListener("proof-checked", (event) => {
  const place = event.target, said = document.querySelector(".verdict-said"), told = document.querySelector(".entry-said");
  const { flaws, isOther, witnesses } = event.detail, { logKey, good, seen, alone, wrong, forked } = place.dataset;
  if (!said) return;
  said.textContent = flaws.length ? wrong : isOther ? forked : praise();
  if (!told) return;
  told.hidden = flaws.length > 0;
  if (!told.hidden) tell(told, event.detail);

  function praise() {
    const who = witnesses.length ? seen.replace("%(witnesses)s", witnesses.join(", ")) : alone;
    return `${good.replace("%(log)s", logKey.split("+")[0])}, ${who}.`;
  }
});

function tell(told, { entry, number }) {
  const language = document.documentElement.lang?.startsWith("en") ? "en" : "vi";
  const kind = DEEDS[language][entry.kind];
  const says = {
    ...entry,
    at: new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeStyle: "medium", timeZone: "Asia/Ho_Chi_Minh" }).format(new Date(entry.at)),
    deed: `${kind ? `${kind} (${entry.kind})` : entry.kind}: ${entry.outcome}`,
    fields: (entry.fields ?? []).join(", "),
    number: number && `…${number.slice(-4)}`,
  };
  for (const line of told.querySelectorAll("[data-says]")) {
    line.textContent = String(says[line.dataset.says] ?? "");
    line.hidden = line.previousElementSibling.hidden = line.textContent === "";
  }
}
