// Package s3 keeps what is in files in a bucket that speaks S3.
package s3

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"

	"cabinet/db"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bucket is one bucket. Nobody but the cabinet needs to read it.
type Bucket struct {
	client *minio.Client
	name   string
}

// Open reads an address like https://key:secret@host/bucket?region=eu-central-1. It does not ask whether the bucket is
// there: a storage that is down must not keep the cabinet from starting.
func Open(address *url.URL) (*Bucket, error) {
	secret, _ := address.User.Password()
	client, err := minio.New(address.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(address.User.Username(), secret, ""),
		Secure:       address.Scheme == "https",
		Region:       address.Query().Get("region"),
		BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, err
	}
	return &Bucket{client, strings.Trim(address.Path, "/")}, nil
}

func (b *Bucket) Put(ctx context.Context, key db.ContentKey, content []byte) error {
	_, err := b.client.PutObject(ctx, b.name, key.String(), bytes.NewReader(content), int64(len(content)), minio.PutObjectOptions{ContentType: "application/octet-stream"})
	return failed("put", key, err)
}

func (b *Bucket) Get(ctx context.Context, key db.ContentKey) ([]byte, error) {
	object, err := b.client.GetObject(ctx, b.name, key.String(), minio.GetObjectOptions{})
	if err != nil {
		return nil, failed("get", key, err)
	}
	defer object.Close()
	content, err := io.ReadAll(object)
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, db.ErrNotFound
	}
	return content, failed("get", key, err)
}

func (b *Bucket) Delete(ctx context.Context, key db.ContentKey) error {
	return failed("delete", key, b.client.RemoveObject(ctx, b.name, key.String(), minio.RemoveObjectOptions{}))
}

func failed(what string, key db.ContentKey, err error) error {
	if err != nil {
		return fmt.Errorf("object storage: %s %s: %w", what, key, err)
	}
	return nil
}
