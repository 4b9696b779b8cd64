// A witness that is not ours: C2SP tlog-witness and cosignature/v1 over golang.org/x/mod/sumdb, for one log.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const algCosignatureV1 = 4

// A cosigner is a note.Signer whose signatures carry a time: u64 seconds, then Ed25519 over them and the text.
type cosigner struct {
	name string
	key  ed25519.PrivateKey
}

func (c cosigner) Name() string { return c.name }

func (c cosigner) public() []byte {
	return append([]byte{algCosignatureV1}, c.key.Public().(ed25519.PublicKey)...)
}

func (c cosigner) KeyHash() uint32 {
	hash := sha256.Sum256(append([]byte(c.name+"\n"), c.public()...))
	return binary.BigEndian.Uint32(hash[:])
}

func (c cosigner) Sign(text []byte) ([]byte, error) {
	now := uint64(time.Now().Unix())
	message := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", now)), text...)
	return append(binary.BigEndian.AppendUint64(nil, now), ed25519.Sign(c.key, message)...), nil
}

func (c cosigner) vkey() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, c.KeyHash(), base64.StdEncoding.EncodeToString(c.public()))
}

// A witness cosigns the checkpoints of one log for as long as each follows from the one before.
type witness struct {
	sync.Mutex
	cosigner
	logKey string
	last   tlog.Tree
}

// serveWitness says where it listens and with which key it cosigns, and serves until it is ended.
func serveWitness(name, logKey string) error {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	w := &witness{cosigner: cosigner{name, key}, logKey: logKey}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := say(map[string]any{"url": "http://" + listener.Addr().String(), "vkey": w.vkey()}); err != nil {
		return err
	}
	return http.Serve(listener, w)
}

func (w *witness) ServeHTTP(reply http.ResponseWriter, request *http.Request) {
	w.Lock()
	defer w.Unlock()
	body, err := io.ReadAll(request.Body)
	if err != nil || request.Method != "POST" || request.URL.Path != "/add-checkpoint" {
		http.Error(reply, "POST /add-checkpoint", http.StatusBadRequest)
		return
	}
	head, signed, found := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	if !found || err != nil {
		http.Error(reply, "not a request", http.StatusBadRequest)
		return
	}
	tree, err := open(w.logKey, signed)
	if err != nil {
		http.Error(reply, err.Error(), http.StatusForbidden)
		return
	}
	if old != w.last.N {
		reply.Header().Set("Content-Type", "text/x.tlog.size")
		reply.WriteHeader(http.StatusConflict)
		fmt.Fprintf(reply, "%d\n", w.last.N)
		return
	}
	hashes, err := parseHashes(lines[1:])
	if err == nil && old > 0 {
		err = tlog.CheckTree(hashes, tree.N, tree.Hash, old, w.last.Hash)
	}
	if err != nil {
		http.Error(reply, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	cosigned, err := note.Sign(&note.Note{Text: string(text) + "\n"}, w)
	if err != nil {
		http.Error(reply, err.Error(), http.StatusInternalServerError)
		return
	}
	w.last = tree
	_, line, _ := bytes.Cut(cosigned, []byte("\n\n"))
	reply.Write(line)
}
