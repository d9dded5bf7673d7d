package main

import (
	"net/url"

	"github.com/jackc/pgx/v5"
)

// dreamers are half of the busy customers with six years of dreams, and the other half with three weeks of them.
const dreamers = `
INSERT INTO dreams (account_id, body, html, dreamed_on, key, created_at)
SELECT of, (ARRAY['Море светится изнутри', 'Поезд едет по дну', 'Бабушкин дом у реки', 'Лечу над городом', 'Лестница ведёт вниз'])[i % 5 + 1]
        || repeat('. Я иду дальше, и всё вокруг меняется: стены, окна, лица, свет', 12) || CASE WHEN i % 100 = 0 THEN '. Там стоял маяк' ELSE '' END,
    '', current_date - i, 'bench-' || of || '-' || i, now()
FROM generate_series($1::int, $1 + $2 - 1) of, generate_series(1, CASE WHEN of % 2 = 0 THEN 2000 ELSE 20 END) i
ON CONFLICT DO NOTHING`

const dreamTags = `
WITH tags AS (
    INSERT INTO dream_tags (account_id, name, dreams) SELECT of, 'тег ' || n, 1 FROM generate_series($1::int, $1 + $2 - 1) of, generate_series(1, 40) n
    ON CONFLICT DO NOTHING RETURNING id, account_id
)
INSERT INTO dream_taggings (dream_id, tag_id, account_id)
SELECT d.id, t.id, d.account_id FROM dreams d JOIN tags t ON t.account_id = d.account_id AND (d.id + t.id) % 13 = 0`

// measureDreams holds a journal of 2,000 dreams against one of twenty: its first page, and a search that finds a hundredth.
func (b *bench) measureDreams() error {
	err := b.inDatabase(b.small, func(conn *pgx.Conn) error {
		for _, statement := range []string{dreamers, dreamTags} {
			if _, err := conn.Exec(b.ctx, statement, firstBusy, busies); err != nil {
				return err
			}
		}
		_, err := conn.Exec(b.ctx, "ANALYZE dreams, dream_tags, dream_taggings")
		return err
	})
	if err != nil {
		return err
	}
	ours, err := b.product(b.small)
	if err != nil {
		return err
	}
	defer ours.stop()
	var long, short []string
	for i := range busies {
		if (firstBusy+i)%2 == 0 {
			long = append(long, secretOf(firstBusy+i))
		} else {
			short = append(short, secretOf(firstBusy+i))
		}
	}
	for _, page := range []struct{ name, path string }{
		{"/dreams", "/dreams"}, {"/dreams, a search", "/dreams?q=" + url.QueryEscape("маяки")}, {"/dreams/calendar", "/dreams/calendar"},
	} {
		one := func(secrets []string) func() (visits, error) {
			return func() (visits, error) { return b.visit(ours, page.path, secrets, 2) }
		}
		few, many, err := turns(b.turns, one(short), one(long))
		if err != nil {
			return err
		}
		aim, good := 0.8, atLeast
		if page.path != "/dreams" { // twenty dreams have nothing to be found, and no year
			good = told
		}
		err = b.add(compare(page.name+", requests at 2,000 dreams against 20", "/s", few, many, rate, aim, good), compare(page.name+", p50 at 2,000 dreams against 20", "ms", few, many, p50, 0, told))
		if err != nil {
			return err
		}
	}
	return nil
}
