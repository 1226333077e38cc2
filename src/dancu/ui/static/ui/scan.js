// A scanner types wherever the focus is: onto a button its Enter would open the form of the person before.
// So whatever is typed outside a field goes to the scan field. The desk works without this file.
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("#f-scan");
  if (!field || event.key.length !== 1 || event.key === " " || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea")) return;
  field.focus(); field.select();
});

// Keys or procedure changed by hand after a verdict: its next step would be about the question before.
document.querySelector("#look")?.addEventListener("input", (event) => {
  if (event.target.id !== "f-scan") document.querySelectorAll(".next, .instead").forEach((step) => { step.hidden = true; });
});
document.querySelector("#f-scan")?.addEventListener("focus", (event) => event.target.select());

// Camera scan where the browser can read QR codes by itself.
(() => {
  const place = document.querySelector(".camera"), video = document.querySelector("video.scan");
  const field = document.querySelector("#f-scan"), form = document.querySelector("#look");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices || !place) return;
  place.hidden = false;
  document.querySelector("#camera").addEventListener("click", async () => {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    let stream;
    try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }); }
    catch { place.textContent = video.dataset.refused; return; }
    video.srcObject = stream; video.hidden = false; await video.play();
    const look = async () => {
      const [code] = await detector.detect(video).catch(() => []);
      if (!code) return requestAnimationFrame(look);
      stream.getTracks().forEach((track) => track.stop());
      field.value = code.rawValue; form.requestSubmit();
    };
    look();
  });
})();
