package main

import (
	"errors"
	"regexp"
)

// assetsOf finds what a page makes a browser fetch.
var assetsOf = regexp.MustCompile(`(?:href|src)="(/assets/[^"#]+)`)

// measureBytes adds up what a first visit and a list page send, compressed as a browser asks for it.
func (b *bench) measureBytes() error {
	ours, err := b.product(b.big)
	if err != nil {
		return err
	}
	defer ours.stop()
	first, err := once(ours, "/", "", "")
	if err != nil {
		return err
	}
	found := map[string]bool{"/": true}
	for _, match := range assetsOf.FindAllSubmatch(first, -1) {
		found[string(match[1])] = true
	}
	if len(found) < 4 {
		return errors.New("the first page names no assets")
	}
	sum := 0
	for path := range found {
		body, err := once(ours, path, "", "gzip, deflate, br")
		if err != nil {
			return err
		}
		sum += len(body)
	}
	if err := b.add(alone("bytes of a first visit, everything", "kB", float64(sum)/1000, 40, atMost)); err != nil {
		return err
	}
	for _, path := range []string{"/orders", "/parcels", "/balance", "/staff/assembly"} {
		body, err := once(ours, path, who(path)[0], "gzip, deflate, br")
		if err != nil {
			return err
		}
		if err := b.add(alone("bytes of "+path, "kB", float64(len(body))/1000, 5, atMost)); err != nil {
			return err
		}
	}
	return nil
}

// measureMemory says what the server holds after work, and how soon it is ready.
func (b *bench) measureMemory() error {
	ours, err := b.product(b.big)
	if err != nil {
		return err
	}
	defer ours.stop()
	for _, path := range []string{"/orders", "/parcels", "/balance", "/staff/assembly"} {
		if _, err := b.visit(ours, path, who(path), 32); err != nil {
			return err
		}
	}
	return b.add(
		alone("memory after 32 connections on each list", "MiB", memory(ours.Process.Pid)/(1<<20), 64, atMost),
		alone("start to /ready on a migrated database", "ms", ours.started.Seconds()*1000, 0, told))
}
