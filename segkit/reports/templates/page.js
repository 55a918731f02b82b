// German or English without loading the page again; the choice is kept for the other pages.
(function () {
  "use strict";
  var root = document.documentElement;
  function choose(language) {
    if (language !== "de" && language !== "en") return;
    root.dataset.language = language;
    root.lang = language;
    var titles = root.dataset;
    document.title = language === "de" ? titles.titleDe : titles.titleEn;
    document.querySelectorAll("[data-choose]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.choose === language));
    });
    try { localStorage.setItem("segkit-language", language); } catch (e) { /* a page opened from a file may not keep it */ }
  }
  var wanted = new URLSearchParams(location.search).get("lang");
  try { wanted = wanted || localStorage.getItem("segkit-language"); } catch (e) { /* see above */ }
  choose(wanted);
  document.querySelectorAll("[data-choose]").forEach(function (button) {
    button.addEventListener("click", function () { choose(button.dataset.choose); });
  });
  // A link to something folded opens it, on the way there and when the page itself was opened so.
  function unfold() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (var node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", unfold);
  unfold();
})();
