// What a Window asks a page. It runs in a world of its own beside the page's
// scripts, which neither see it nor can break it, and outside the page's policy.
// It says the same of a page as document.go does.
globalThis.webtest = (() => {
	const kinds = {
		link: 'a[href], area[href], summary, [role=link]',
		button: 'button, input:is([type=submit], [type=button], [type=reset], [type=image]), [role=button]',
		field: 'input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), select, textarea, [contenteditable=true]',
		box: 'input:is([type=checkbox], [type=radio]), [role=checkbox], [role=switch]',
		radio: 'input[type=radio]',
	};
	const fields = 'input, select, textarea, small';
	const silent = 'script, style, template, noscript, datalist, textarea, iframe, object, audio, video, canvas, svg title, svg desc';
	let found = [];

	document.addEventListener('securitypolicyviolation', e => {
		webtestSaid(`${e.effectiveDirective} refused ${e.blockedURI || 'inline'} ${e.sample} (${e.sourceFile}:${e.lineNumber})`);
	});

	const squeeze = text => text.replace(/\p{Cf}/gu, '').replace(/\s+/gu, ' ').trim();

	function scoped(selector) {
		if (!selector) return document.body;
		const all = document.querySelectorAll(selector);
		if (all.length !== 1) throw new Error(`the page has ${all.length} elements ${selector}, wanted one`);
		return all[0];
	}

	function describe(n) {
		const tag = n.localName;
		if (n.id) return `<${tag} id=${n.id}>`;
		if (n.getAttribute('name')) return `<${tag} name=${n.getAttribute('name')}>`;
		if (n.getAttribute('class')) return `<${tag} class=${n.getAttribute('class')}>`;
		return `<${tag}>`;
	}

	function write(n, out, skip) {
		if (n.nodeType === Node.TEXT_NODE) {
			if (n.parentElement.checkVisibility({visibilityProperty: true})) out.push(n.data);
			return;
		}
		if (n.nodeType !== Node.ELEMENT_NODE || n.matches(silent) || skip && n.matches(skip)) return;
		const display = getComputedStyle(n).display;
		if (display === 'none') return;
		if (n.localName === 'select' && !n.multiple) {
			out.push(' ', n.selectedOptions[0]?.label ?? '', ' ');
			return;
		}
		const apart = !/^(inline|contents|ruby)$/.test(display);
		if (apart || n.localName === 'br') out.push(' ');
		if (n.localName === 'img') out.push(n.alt);
		if (n.localName === 'input' && ['submit', 'button', 'reset'].includes(n.type)) out.push(n.value || (n.type === 'submit' ? 'Submit' : ''));
		for (const child of n.childNodes) write(child, out, skip);
		if (apart) out.push(' ');
	}

	function read(n, skip) {
		const out = [];
		write(n, out, skip);
		return squeeze(out.join(''));
	}

	function names(n) {
		const all = [];
		if (n.matches(fields)) {
			for (const label of n.labels ?? []) all.push(read(label, fields));
			if (['submit', 'button', 'reset'].includes(n.type)) all.push(n.value);
			if (n.type === 'image') all.push(n.alt);
		} else {
			all.push(n.checkVisibility() ? read(n) : n.textContent);
		}
		for (const id of (n.getAttribute('aria-labelledby') ?? '').split(/\s+/)) {
			all.push(document.getElementById(id)?.textContent ?? '');
		}
		for (const key of ['aria-label', 'title', 'placeholder']) all.push(n.getAttribute(key) ?? '');
		if (!all.some(squeeze)) for (const drawn of n.querySelectorAll('title')) all.push(drawn.textContent);
		return all.map(squeeze).filter(Boolean);
	}

	function barred(n) {
		if (n.matches(':disabled')) return 'it is disabled';
		if (n.closest('[inert]')) return `it is inside ${describe(n.closest('[inert]'))}, which is inert`;
		if (n.checkVisibility({visibilityProperty: true})) return '';
		const details = n.closest('details:not([open])');
		for (const around of [n.closest('dialog:not([open])'), n.closest('[popover]:not(:popover-open)'), details?.contains(n) && n.localName !== 'summary' && details]) {
			if (around) return `it is inside ${describe(around)}, which is closed`;
		}
		return 'it is not visible';
	}

	function grouped(n, group) {
		const legend = n.closest('fieldset')?.querySelector(':scope > legend');
		return n.name === group || legend && read(legend) === squeeze(group);
	}

	function spot(n) {
		for (const rect of n.getClientRects()) {
			const [x, y] = [rect.left + rect.width / 2, rect.top + rect.height / 2];
			const hit = document.elementFromPoint(x, y);
			if (rect.width > 1 && rect.height > 1 && hit && (n.contains(hit) || hit.closest('label')?.control === n)) return {x, y};
		}
	}

	function fire(n) {
		n.dispatchEvent(new Event('input', {bubbles: true}));
		n.dispatchEvent(new Event('change', {bubbles: true}));
	}

	return {
		text: scope => read(scoped(scope)),

		select(scope, words) {
			const texts = document.createTreeWalker(scoped(scope), NodeFilter.SHOW_TEXT);
			while (texts.nextNode()) {
				const at = texts.currentNode.data.indexOf(words);
				if (at >= 0) return getSelection().setBaseAndExtent(texts.currentNode, at, texts.currentNode, at + words.length);
			}
			throw new Error(`no text says ${words}`);
		},

		find(kind, scope, group) {
			found = [...scoped(scope).querySelectorAll(kinds[kind])];
			if (group) found = found.filter(n => grouped(n, group));
			return found.map(n => ({
				names: names(n),
				key: kind === 'link' || kind === 'button' ? '' : n.getAttribute('name') ?? '',
				barred: barred(n),
				leads: n.matches('a, area') ? n.getAttribute('href') ?? '' : '',
			}));
		},

		// aim brings a found thing into view and says where to click it; a box drawn
		// by its label is clicked there.
		aim(i) {
			const n = found[i];
			n.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
			for (const target of [n, ...(n.labels ?? [])]) {
				const at = spot(target);
				if (at) return at;
			}
			const box = n.getBoundingClientRect();
			const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
			throw new Error(over && box.width ? `${describe(n)} is covered by ${describe(over)}` : `${describe(n)} is nowhere to click`);
		},

		value(i) {
			const n = found[i];
			if (n.localName === 'select') return squeeze(n.selectedOptions[0]?.textContent ?? '');
			if (n.type === 'checkbox' || n.type === 'radio') return n.checked ? 'on' : 'off';
			return n.value ?? n.textContent;
		},

		// typed says whether a field takes letters; the others are set whole.
		typed(i) {
			const n = found[i];
			if (n.readOnly) throw new Error(`${describe(n)} is read-only`);
			if (n.localName === 'select' || /^(checkbox|radio|file)$/.test(n.type)) throw new Error(`${describe(n)} is no field to type in`);
			return !/^(date|time|month|week|datetime-local|color|range)$/.test(n.type);
		},
		mark(i) { found[i].select?.(); },
		put(i, value) {
			found[i].value = value;
			fire(found[i]);
		},
		attach(i, files) {
			if (found[i].type !== 'file') throw new Error(`${describe(found[i])} takes no files`);
			const chosen = new DataTransfer();
			for (const f of files) chosen.items.add(new File([Uint8Array.from(atob(f.Content), c => c.charCodeAt())], f.Name, {type: f.Type}));
			found[i].files = chosen.files;
			fire(found[i]);
		},

		options(i) {
			if (found[i].localName !== 'select') throw new Error(`${describe(found[i])} has nothing to choose from`);
			return [...found[i].options].map(o => ({names: [squeeze(o.label)], barred: o.disabled || o.closest('optgroup:disabled') ? 'it is disabled' : ''}));
		},
		choose(i, option) {
			found[i].focus();
			found[i].options[option].selected = true;
			fire(found[i]);
		},

		focused() {
			const n = document.activeElement;
			if (!n || n === document.body) return '';
			if (n.id) return '#' + n.id;
			const inside = n.closest('[id]');
			const name = n.getAttribute('name');
			return (inside ? `#${inside.id} ` : '') + n.localName + (name ? `[name=${name}]` : '');
		},
		holdsFocus: selector => !!document.activeElement?.matches(selector),

		// busy says what the page is still doing.
		async busy() {
			await new Promise(done => setTimeout(done));
			if (document.readyState !== 'complete') return 'loading';
			return document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling') ? 'swapping' : '';
		},

		// still waits for the page to be drawn as it will stay.
		async still() {
			await document.fonts.ready;
			await Promise.all(document.getAnimations().filter(a => a.effect?.getComputedTiming().endTime !== Infinity).map(a => a.finished.catch(() => {})));
			await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
		},

		twins() {
			const seen = new Map();
			for (const n of document.querySelectorAll('[id]')) seen.set(n.id, (seen.get(n.id) ?? 0) + 1);
			return [...seen].filter(([, times]) => times > 1).map(([id]) => id);
		},

		// wide lists what sticks out of the window to the right or left.
		wide(width) {
			const root = document.documentElement;
			if (root.clientWidth > width) return [`the page is laid out ${root.clientWidth} pixels wide, it needs a viewport meta`];
			if (document.scrollingElement.scrollWidth <= root.clientWidth) return [];
			const out = [...document.body.querySelectorAll('*')].filter(n => {
				const box = n.getBoundingClientRect();
				return box.width > 0 && n.checkVisibility() && box.right + scrollX > root.clientWidth + 0.5;
			});
			return [`the page is ${document.scrollingElement.scrollWidth} pixels wide`, ...out.slice(-5).map(n => `${describe(n)} ends at ${Math.round(n.getBoundingClientRect().right + scrollX)}`)];
		},

		async axe() {
			const result = await axe.run(document, {resultTypes: ['violations'], preload: false, iframes: false, elementRef: false});
			return result.violations.map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map(n => ({target: n.target.join(' '), summary: n.failureSummary}))}));
		},
	};
})();
