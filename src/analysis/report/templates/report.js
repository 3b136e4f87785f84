// Numbers open a small window with where they come from; without this script they are links.
(function () {
  "use strict";
  var read = function (id) { return JSON.parse(document.getElementById(id).textContent); };
  var numbers = read("page-numbers"), said = read("page-said");
  var win = document.getElementById("page-window"), toggle = document.getElementById("page-toggle");
  var opener = null;

  function make(tag, text, parent) {
    var element = document.createElement(tag);
    if (text) { element.textContent = text; }
    if (parent) { parent.appendChild(element); }
    return element;
  }

  function link(text, href, list) {
    var anchor = make("a", text, make("li", "", list));
    anchor.href = href;
  }

  function fill(anchor) {
    var d = numbers[anchor.id], list;
    win.textContent = "";
    make("h2", said.about, win).id = "page-window-title";
    var terms = make("dl", "", win);
    [[said.what, [d[0], d[1]].filter(Boolean).join(", ")],
     [said.value, d[2]],
     [said.ratio, d[3] !== "" && d[4] !== "" ? d[3] + " " + said.of + " " + d[4] : ""],
     [said.interval, d[5] !== "" && d[6] !== "" ? d[5] + " " + said.to + " " + d[6] : ""],
     [said.provenance, d[7]],
     [said.source, d[8]]].forEach(function (pair) {
      if (pair[1]) { make("dt", pair[0], terms); make("dd", pair[1], terms); }
    });
    list = make("ul", "", win);
    link(said.row, anchor.getAttribute("href"), list);
    if (d[9]) {
      var base = anchor.getAttribute("href").split("numbers.html")[0];
      link(said.cell + " " + d[9] + ", " + d[10],
        base + "notebooks/" + encodeURIComponent(d[9]) + ".html#cell-" + d[10], list);
    }
    var close = make("button", "\u00d7", win);
    close.type = "button";
    close.setAttribute("aria-label", said.close);
    close.addEventListener("click", shut);
  }

  function place(anchor) {
    var box = anchor.getBoundingClientRect(), room = document.documentElement.clientWidth;
    var left = Math.max(12, Math.min(box.left, room - win.offsetWidth - 12));
    win.style.left = left + window.scrollX + "px";
    var below = box.bottom + 8, above = box.top - win.offsetHeight - 8;
    var top = below + win.offsetHeight > window.innerHeight && above > 0 ? above : below;
    win.style.top = top + window.scrollY + "px";
  }

  function shut() {
    if (win.hidden) { return; }
    win.hidden = true;
    if (opener) { opener.focus({ preventScroll: true }); }
    opener = null;
  }

  document.addEventListener("click", function (event) {
    var anchor = event.target.closest("a.n");
    if (anchor && numbers[anchor.id] && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      fill(anchor);
      win.hidden = false;
      place(anchor);
      opener = anchor;
      win.focus({ preventScroll: true });
    } else if (!win.hidden && !win.contains(event.target)) {
      opener = null;
      shut();
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { shut(); }
  });

  toggle.hidden = false;
  toggle.addEventListener("click", function () {
    var on = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", String(on));
    document.body.classList.toggle("provenance", on);
    document.querySelectorAll("a.n").forEach(function (anchor) { anchor.tabIndex = on ? 0 : -1; });
  });

  var contents = document.getElementById("page-contents");
  var wide = window.matchMedia("(min-width: 1100px)");
  function fold() { contents.open = wide.matches; }
  fold();
  wide.addEventListener("change", fold);
  contents.querySelector("summary").addEventListener("click", function (event) {
    if (wide.matches) { event.preventDefault(); }
  });
  contents.addEventListener("click", function (event) {
    if (!wide.matches && event.target.closest("a")) { contents.open = false; }
  });

  var entries = {};
  contents.querySelectorAll("a").forEach(function (anchor) {
    entries[decodeURIComponent(anchor.hash.slice(1))] = anchor;
  });
  if ("IntersectionObserver" in window) {
    var seen = new IntersectionObserver(function (changes) {
      changes.forEach(function (change) {
        if (!change.isIntersecting) { return; }
        Object.keys(entries).forEach(function (id) { entries[id].removeAttribute("aria-current"); });
        entries[change.target.id].setAttribute("aria-current", "true");
      });
    }, { rootMargin: "0px 0px -75% 0px" });
    Object.keys(entries).forEach(function (id) {
      var heading = document.getElementById(id);
      if (heading) { seen.observe(heading); }
    });
  }
})();
