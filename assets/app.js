// Everything here only helps: each page works without it.
"use strict";

// A page that was fetched into the dialog opens it; one that was left empty closes it.
document.addEventListener("htmx:after:swap", () => {
	const dialog = document.getElementById("dialog");
	const body = document.getElementById("dialog-body");
	if (!dialog || dialog.open === (body.childElementCount > 0)) return;
	if (dialog.open) return dialog.close();
	const title = body.querySelector("h1, h2");
	if (title) dialog.setAttribute("aria-label", title.textContent.trim());
	dialog.showModal();
	body.querySelector("input:not([type=hidden]), button")?.focus();
});

document.addEventListener("close", (event) => {
	if (event.target.id === "dialog") document.getElementById("dialog-body").replaceChildren();
}, true);

// Menus and popovers close by Escape and by a click elsewhere.
document.addEventListener("keydown", (event) => {
	if (event.key !== "Escape") return;
	for (const pop of document.querySelectorAll("details.pop[open], details.user:hover")) {
		pop.classList.add("shut");
		if (pop.contains(document.activeElement)) pop.querySelector("summary").focus();
		pop.open = false;
	}
});

document.addEventListener("click", (event) => {
	for (const pop of document.querySelectorAll("details.pop[open]")) {
		if (!pop.contains(event.target)) pop.open = false;
	}
	const drop = event.target.closest("[data-draft-drop]");
	if (drop) {
		unsaved = null;
		localStorage.removeItem("draft " + drop.dataset.draftDrop);
	}
	const copy = event.target.closest("[data-copy]");
	if (copy) copyText(copy);
	if (event.target.id === "dialog") event.target.close();
});

// After Escape the menu stays shut until the mouse has left it.
document.addEventListener("pointerout", (event) => {
	const menu = event.target.closest?.("details.shut");
	if (menu && !menu.contains(event.relatedTarget)) menu.classList.remove("shut");
});

async function copyText(button) {
	await navigator.clipboard.writeText(button.dataset.copy);
	const label = button.querySelector("[role=status]");
	const asked = label.textContent;
	label.textContent = button.dataset.copied;
	button.classList.add("copied");
	setTimeout(() => {
		label.textContent = asked;
		button.classList.remove("copied");
	}, 2000);
}

// A key means something as long as nothing is being typed.
const meant = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input:not([type=checkbox]), textarea, select, dialog");

// "/" goes to the field that the page is about, "?" opens the page of keys.
document.addEventListener("keydown", (event) => {
	const field = meant(event) && /^[/?]$/.test(event.key) && document.querySelector(`[data-hotkey='${event.key}']`);
	if (!field) return;
	event.preventDefault();
	if (event.key === "?") return field.click();
	field.focus();
	field.select?.();
});

// At the desk j and k go from row to row; Enter opens the one that has the focus. "." goes from one thing that acts to
// the next, in that row or else on the page, and x ticks the row's box.
const rows = ".staff .row, .staff [data-queue] > *";
document.addEventListener("keydown", (event) => {
	const key = /^[а-яё]$/i.test(event.key) ? event.code.replace("Key", "").toLowerCase() : event.key; // where j is on a Russian keyboard stands «о»
	if (!meant(event) || !/^[jkx.]$/.test(key) || !document.querySelector(".staff")) return;
	const row = document.activeElement.closest(rows);
	if (key === "x") return row?.querySelector("input[type=checkbox]")?.click();
	if (key === ".") {
		const acts = [...(row ?? document.getElementById("main")).querySelectorAll("button, summary, a.button")].filter((act) => !act.disabled && act.getClientRects().length);
		return acts[(acts.indexOf(document.activeElement) + 1) % acts.length]?.focus();
	}
	const all = [...document.querySelectorAll(rows)].filter((each) => each.querySelector("a[href]"));
	all[all.indexOf(row) + (key === "j" ? 1 : -1)]?.querySelector("a[href]").focus();
});

// In a desk, 1 to 9 tick and untick what can be ticked, as long as nothing is being typed.
document.addEventListener("keydown", (event) => {
	if (meant(event) && /^[1-9]$/.test(event.key)) document.querySelectorAll("[data-tick]")[event.key - 1]?.click();
});

// A field marked data-select is overwritten by the next scan, whatever stands in it.
document.addEventListener("focusin", (event) => {
	if (event.target.dataset?.select !== undefined) event.target.select();
});

// In a data-queue the focus goes on when an act has taken its row away: to what is wrong with the row that came
// instead, else to its first field marked data-next, else to that of the next row.
let acted = null;
document.addEventListener("submit", (event) => {
	const row = event.target.closest("[data-queue] > *");
	if (row) acted = {row, queue: row.parentElement, at: [...row.parentElement.children].indexOf(row)};
});
document.addEventListener("htmx:after:swap", () => {
	if (!acted || acted.row.isConnected || document.activeElement !== document.body) return;
	const next = document.getElementById(acted.row.id) ?? acted.queue.children[acted.at] ?? acted.queue.lastElementChild;
	(next?.querySelector("[aria-invalid=true]") ?? next?.querySelector("[data-next]"))?.focus();
	acted = null;
});

// What is selected in a text marked data-quotable goes into the field that it names.
document.addEventListener("selectionchange", () => {
	const selected = getSelection();
	const within = selected.rangeCount && !selected.isCollapsed && selected.getRangeAt(0).commonAncestorContainer;
	const quotable = within && (within.closest ? within : within.parentElement)?.closest("[data-quotable]");
	const field = quotable && document.getElementById(quotable.dataset.quotable);
	if (field) field.value = selected.toString().trim();
});

// A form marked data-unsaved asks before what was typed into it is lost.
let unsaved = null;
document.addEventListener("input", (event) => {
	const form = event.target.closest("form[data-unsaved]");
	if (form) unsaved = form;
	const draft = event.target.closest("form[data-draft]");
	if (draft) keepDraft(draft);
});
document.addEventListener("submit", (event) => {
	if (event.target === unsaved) unsaved = null;
	if (event.target.dataset.draft) localStorage.removeItem("draft " + event.target.dataset.draft);
});
addEventListener("beforeunload", (event) => {
	if (unsaved?.isConnected) event.preventDefault();
});

// A form marked data-draft="name" keeps what was typed in this browser until it is sent.
function keepDraft(form) {
	const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && form.elements[name]?.type !== "password");
	localStorage.setItem("draft " + form.dataset.draft, JSON.stringify(fields));
}

// Fields that repeat under one name are filled in their order; what the server filled in stays.
function restoreDraft(form) {
	const kept = localStorage.getItem("draft " + form.dataset.draft);
	const seen = {};
	for (const [name, value] of JSON.parse(kept ?? "[]")) {
		seen[name] = (seen[name] ?? -1) + 1;
		const field = form.querySelectorAll(`:is(input:not([type=hidden], [type=checkbox], [type=radio]), textarea)[name="${CSS.escape(name)}"]`)[seen[name]];
		if (field?.value === "") field.value = value;
	}
}

// A form marked data-draft-rows="/path" had as many rows as were typed: the server draws it with them.
async function restoreRows(form) {
	const kept = localStorage.getItem("draft " + form.dataset.draft);
	if (!kept) return;
	const answer = await fetch(form.dataset.draftRows, {
		method: "POST", headers: {"HX-Request": "true"}, body: new URLSearchParams([...JSON.parse(kept), ["act", "restore"]]),
	});
	const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(form.id);
	if (!answer.ok || !drawn) return;
	form.replaceWith(drawn);
	htmx.process(drawn);
}

// In rows marked data-line the next field has the focus once a row is done: a scanner goes down the list.
let line = null;
document.addEventListener("submit", (event) => {
	const row = event.target.closest("[data-line] .row");
	line = row && [row.id, row.nextElementSibling?.id, row.previousElementSibling?.id];
});
function followLine() {
	const row = line?.map((id) => document.getElementById(id ?? "")).find((row) => row?.querySelector("[data-next]"));
	line = null;
	row?.querySelector("[data-next]").select();
}

// A button marked data-wait="45" may be pressed again after so many seconds, and says how many are left.
function countDown(button) {
	const until = Date.now() + button.dataset.wait * 1000;
	const label = button.textContent;
	delete button.dataset.wait;
	button.disabled = true;
	const tick = () => {
		const left = Math.ceil((until - Date.now()) / 1000);
		button.disabled = left > 0;
		button.textContent = left > 0 ? label + " (" + left + ")" : label;
		if (left > 0 && button.isConnected) setTimeout(tick, 1000);
	};
	tick();
}

function enhance(root) {
	for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = !navigator.clipboard;
	for (const form of root.querySelectorAll("form[data-draft]:not([data-draft-rows])")) restoreDraft(form);
	for (const button of root.querySelectorAll("[data-wait]")) countDown(button);
}

enhance(document);
for (const form of document.querySelectorAll("form[data-draft-rows]")) restoreRows(form);
document.querySelector("[data-select]:focus")?.select();
document.querySelector(".tabs [aria-current]")?.scrollIntoView({block: "nearest", inline: "center"});
document.addEventListener("htmx:after:swap", () => {
	enhance(document);
	followLine();
	// A form that came back with problems is still not saved, nor is one that was drawn anew with other rows.
	if (unsaved && !unsaved.isConnected) unsaved = document.getElementById(unsaved.id);
	unsaved ??= document.querySelector("form[data-unsaved]:has([aria-invalid=true])");
	if (unsaved?.dataset.draft) keepDraft(unsaved);
});

// After an act at the desk the cursor is where the next thing is typed: data-focus names it. The row that acted
// may be gone, and with it every event on it, so the page itself is watched.
new MutationObserver(() => {
	const next = document.querySelector("[data-focus]");
	if (!next) return;
	document.getElementById(next.dataset.focus)?.focus();
	delete next.dataset.focus;
}).observe(document.body, {childList: true, subtree: true});
