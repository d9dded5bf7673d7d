package s3_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/db/s3"
	"cabinet/jobs"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// storage is a server that speaks S3, with a bucket called cabinet, and that bucket.
func storage(t *testing.T) (*httptest.Server, *s3.Bucket) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("cabinet"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL + "/cabinet?region=eu-central-1")
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword("key", "secret")
	bucket, err := s3.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	return server, bucket
}

func TestBucket(t *testing.T) {
	_, bucket := storage(t)
	ctx, key := t.Context(), db.ContentKey{File: 7, Variant: db.Small}
	if _, err := bucket.Get(ctx, key); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("what is not there: %v", err)
	}
	for _, content := range [][]byte{[]byte("one"), bytes.Repeat([]byte{0, 255}, 3<<20)} {
		if err := bucket.Put(ctx, key, content); err != nil {
			t.Fatal(err)
		}
		if got, err := bucket.Get(ctx, key); err != nil || !bytes.Equal(got, content) {
			t.Errorf("got %d bytes, %v", len(got), err)
		}
	}
	for range 2 {
		if err := bucket.Delete(ctx, key); err != nil {
			t.Error(err)
		}
	}
	if _, err := bucket.Get(ctx, key); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("what was deleted: %v", err)
	}
}

// TestPhotosMove keeps photos before and after storage is set up, while it is away, and takes them away again.
func TestPhotosMove(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	receipt := boxed(t, w, vera)
	before := w.Photo(t, receipt)
	server, bucket := storage(t)
	w.Storage = bucket

	after := w.Photo(t, boxed(t, w, vera))
	if err := w.MoveContents(t.Context(), after.FileID); err != nil {
		t.Fatal(err)
	}
	if here := contentsHere(t, w); here != 2 {
		t.Errorf("%d contents are in the database, those of the photo before are 2", here)
	}
	if err := w.MoveAllContents(t.Context()); err != nil {
		t.Fatal(err)
	}
	workOff(t, w)
	if here := contentsHere(t, w); here != 0 {
		t.Errorf("%d contents did not move", here)
	}
	for _, photo := range []db.Photo{before, after} {
		for _, variant := range []db.Variant{db.Large, db.Small} {
			_, there, err := w.PhotoSeenBy(t.Context(), vera, photo.FileID, variant)
			if err != nil || !bytes.HasPrefix(there, []byte("\xff\xd8")) {
				t.Errorf("photo %d, %s: %d bytes, %v", photo.FileID, variant, len(there), err)
			}
		}
	}

	if err := w.RemovePhoto(t.Context(), receipt.ID, before.FileID); err != nil {
		t.Fatal(err)
	}
	workOff(t, w)
	if _, err := bucket.Get(t.Context(), db.ContentKey{File: before.FileID, Variant: db.Large}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a removed photo is still in the storage: %v", err)
	}

	server.Close()
	third := w.Photo(t, boxed(t, w, vera))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := w.MoveContents(ctx, third.FileID); err == nil {
		t.Error("a photo moved to a storage that is away")
	}
	if _, there, err := w.PhotoSeenBy(t.Context(), vera, third.FileID, db.Large); err != nil || len(there) == 0 {
		t.Errorf("while the storage is away a photo that did not move is gone: %v", err)
	}
}

// TestForgottenWhileMoving lets a photo be removed just while it moves: nothing of it stays.
func TestForgottenWhileMoving(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	receipt := boxed(t, w, vera)
	photo := w.Photo(t, receipt)
	_, bucket := storage(t)
	w.Storage = meanwhile{bucket, func() {
		if err := w.RemovePhoto(context.Background(), receipt.ID, photo.FileID); err != nil {
			t.Error(err)
		}
	}}
	if err := w.MoveContents(t.Context(), photo.FileID); err != nil {
		t.Fatal(err)
	}
	for _, variant := range []db.Variant{db.Large, db.Small} {
		if _, err := bucket.Get(t.Context(), db.ContentKey{File: photo.FileID, Variant: variant}); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("%s stayed: %v", variant, err)
		}
	}
}

// meanwhile does something after each Put, before its caller knows of it.
type meanwhile struct {
	*s3.Bucket
	then func()
}

func (m meanwhile) Put(ctx context.Context, key db.ContentKey, content []byte) error {
	err := m.Bucket.Put(ctx, key, content)
	m.then()
	return err
}

// boxed is a box of Vera's that came.
func boxed(t *testing.T, w *dbtest.World, vera db.Visitor) db.Receipt {
	t.Helper()
	order := w.PaidOrder(t, vera, dbtest.Boots)
	w.Bought(t, order)
	items, err := w.ItemsOf(t.Context(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	return w.Arrived(t, items...)
}

// workOff lets a worker do what there is about files.
func workOff(t *testing.T, w *dbtest.World) {
	t.Helper()
	worker, err := jobs.New(w.DB, jobs.Config{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer worker.Stop(context.Background())
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var waiting int
		err := w.Pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE kind IN ('move_contents', 'move_all_contents', 'forget_content') AND finalized_at IS NULL").Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		if waiting == 0 {
			return
		}
	}
	t.Fatal("the worker does not come to an end")
}

func contentsHere(t *testing.T, w *dbtest.World) (n int) {
	t.Helper()
	if err := w.Pool.QueryRow(t.Context(), "SELECT count(*) FROM file_contents WHERE content IS NOT NULL").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
