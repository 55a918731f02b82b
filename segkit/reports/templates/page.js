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
})();
