package webtest_test

import (
	"net/http"
	"strings"
	"testing"

	"cabinet/handlers/webtest"
)

func TestFaults(t *testing.T) {
	for body, want := range map[string]string{
		`<div><span></div>`:  "</div> comes while <span> is open",
		`<div>`:              "</main> comes while <div> is open",
		`</em>`:              "</em> closes nothing",
		`<p><div></div></p>`: "</p> closes nothing",
		`<br></br>`:          "</br> closes nothing",
		`<div/>`:             "<div/> does not close itself",
		`<form method="post"><form method="post"></form>`:      "a <form> inside a <form>",
		`<a href="/"><a href="/">x</a></a>`:                    "<a> inside an <a>",
		`<button>x<input type="submit"></button>`:              "<input> inside a <button>",
		`<table><form method="post"></form></table>`:           "<form> cannot stand right inside <table>",
		`<table><tr>слово<td>x</table>`:                        `the words "слово" cannot stand right inside <tr>`,
		`<p class="a" class="b">x</p>`:                         "<p> has the attribute class twice",
		`<p id="a">x</p><p id="a">y</p>`:                       `the id "a" stands on several elements`,
		`<p id="">x</p>`:                                       `<p> has the id "", which is none`,
		`<input name="q">`:                                     "<input name=q> has no label",
		`<input name="q" placeholder="Слово">`:                 "<input name=q> has no label",
		`<label for="x"></label><select id="x"></select>`:      "<select id=x> has no label",
		`<button></button>`:                                    "<button> has nothing to call it by",
		`<a href="/"><svg></svg></a>`:                          "<a> has nothing to call it by",
		`<img src="/icon.svg">`:                                "<img> has no alt",
		`<p style="color:red">x</p>`:                           "<p> has a style attribute",
		`<p onclick="x()">x</p>`:                               "<p> has the attribute onclick",
		`<p hx-on:click="x()">x</p>`:                           "<p> has the attribute hx-on:click",
		`<p hx-vals="js:{a:1}">x</p>`:                          "<p> has code in hx-vals",
		`<p hx-trigger="click[ctrlKey]">x</p>`:                 "<p> has a filter in hx-trigger",
		`<script>x()</script>`:                                 "an inline <script>",
		`<style>p{}</style>`:                                   "an inline <style>",
		`<a href=" JavaScript:x()">x</a>`:                      "<a> has code in href",
		`<a href="#away">x</a>`:                                "<a> leads to #away, which is not on the page",
		`<label for="no">x</label>`:                            `<label> has for="no", and no element has that id`,
		`<p aria-describedby="no">x</p>`:                       `<p> has aria-describedby="no"`,
		`<form><label>x<input type="password"></label></form>`: "<form> would put a password into the address",
	} {
		if got := strings.Join(webtest.Faults(page(body)), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: found %q, wanted %q", body, got, want)
		}
	}
	for document, want := range map[string]string{
		strings.Replace(page("x"), ` lang="ru"`, "", 1):                            "<html> has no lang",
		strings.Replace(page("x"), "<title>Кабинет", "<title> ", 1):                "the page has no title",
		strings.TrimPrefix(page("x"), "<!DOCTYPE html>"):                           "the page has no doctype",
		strings.TrimSuffix(page("<section>x"), "</main></body></html>"):            "<section> is never closed",
		strings.Replace(page("<svg><title>x</title></svg>"), "<title>К", "<p>", 1): "the page has no title",
	} {
		if got := strings.Join(webtest.Faults(document), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: found %q, wanted %q", document, got, want)
		}
	}
}

func TestNoFaults(t *testing.T) {
	for _, body := range []string{
		`<p>раз<p>два<ul><li>один<li>два</ul><dl><dt>а<dd>б<dt>в<dd>г</dl>`,
		`<table><caption>Счёт</caption><colgroup><col><col></colgroup><thead><tr><th>а<th>б<tbody><tr><td>1<td><p>2<tr><td>3<td>4</table>`,
		`<table><tr><td><table><tr><td>x</table></table>`,
		`<svg viewBox="0 0 1 1"><path d="M0 0"/><use href="/icons.svg#box"/></svg><br/><hr>`,
		`<a href="/"><svg><title>Домой</title></svg></a><a href="/" aria-label="Домой"></a><button title="Закрыть"></button><a href="/"><img src="/icon.svg" alt="Домой"></a>`,
		`<p id="l">Имя</p><input aria-labelledby="l"><label for="n">Имя</label><input id="n"><label>Да<input type="checkbox"></label>`,
		`<select aria-label="Страна"><optgroup label="А"><option>1<option>2<optgroup label="Б"><option>3</select>`,
		`<template><input name="x"></template><script src="/app.js"></script><script type="application/json">{"a":"</b>"}</script>`,
		`<noscript><p>без сценариев</p></noscript><textarea aria-label="x"></div></textarea><!-- <div> --><a href="#">x</a>`,
		`<dialog><form method="dialog"><button>Нет</button></form></dialog><details><summary>Ещё</summary><p>x</details>`,
	} {
		if got := webtest.Faults(page(body)); len(got) > 0 {
			t.Errorf("%s: found %q", body, got)
		}
	}
}

func TestAStoryReportsFaultsOnce(t *testing.T) {
	base := site(t, map[string]http.HandlerFunc{"/": says(`<p style="x">слово</p>`)})
	got := said(t, func(t webtest.T) { webtest.Open(t, base).Visit("/").Visit("/").Sees("слово") })
	if got != base+"/: <p> has a style attribute" {
		t.Errorf("reported %q", got)
	}
}
