// Checks our checkpoints and proofs with software that is not ours, golang.org/x/mod/sumdb, and makes some of its own.
//
//	interop record VKEY RECORD < PROOF         a tlog-proof file, of the record in the file RECORD
//	interop tree VKEY OLD NEW < HASHES         two checkpoints, and a line of base64 for each hash between them
//	interop make NAME INDEX OLD < RECORDS      a tree over records of 193 bytes, with a key, checkpoint and proofs of its own
//	interop witness NAME VKEY                  a witness of the log with that key, on a port that it names (witness.go)
//
// Built in GOPATH mode with Debian's golang-golang-x-mod-dev: nothing is fetched. Exit code 1 and a sentence for a no.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const recordSize = 193

func main() {
	input, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = run(os.Args[1:], input)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, input []byte) error {
	switch {
	case len(args) == 3 && args[0] == "record":
		return checkRecord(args[1], args[2], input)
	case len(args) == 4 && args[0] == "tree":
		return checkTree(args[1], args[2], args[3], input)
	case len(args) == 4 && args[0] == "make":
		return makeLog(args[1], args[2], args[3], input)
	case len(args) == 3 && args[0] == "witness":
		return serveWitness(args[1], args[2])
	}
	return fmt.Errorf("usage: interop record|tree|make|witness …")
}

func checkRecord(vkey, file string, proof []byte) error {
	record, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, signed, found := bytes.Cut(proof, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("not a tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	hashes, err := parseHashes(lines[2:])
	if err != nil {
		return err
	}
	tree, err := open(vkey, signed)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(hashes, tree.N, tree.Hash, index, tlog.RecordHash(record)); err != nil {
		return err
	}
	return say(map[string]any{"size": tree.N, "root": tree.Hash.String(), "index": index})
}

func checkTree(vkey, oldFile, newFile string, input []byte) error {
	var trees [2]tlog.Tree
	for i, file := range []string{oldFile, newFile} {
		signed, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if trees[i], err = open(vkey, signed); err != nil {
			return err
		}
	}
	hashes, err := parseHashes(strings.Fields(string(input)))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(hashes, trees[1].N, trees[1].Hash, trees[0].N, trees[0].Hash); err != nil {
		return err
	}
	return say(map[string]any{"old": trees[0].N, "new": trees[1].N})
}

// open verifies a checkpoint by its Ed25519 line. tlog.ParseTree takes the Go checksum database's name alone, so the
// three lines are read here.
func open(vkey string, signed []byte) (tree tlog.Tree, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tree, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func parseHashes(lines []string) (hashes []tlog.Hash, err error) {
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func makeLog(name, indexText, oldText string, records []byte) error {
	index, err := strconv.ParseInt(indexText, 10, 64)
	if err != nil {
		return err
	}
	old, err := strconv.ParseInt(oldText, 10, 64)
	if err != nil {
		return err
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) (hashes []tlog.Hash, err error) {
		for _, i := range at {
			hashes = append(hashes, stored[i])
		}
		return hashes, nil
	})
	size := int64(len(records) / recordSize)
	for n := int64(0); n < size; n++ {
		hashes, err := tlog.StoredHashes(n, records[n*recordSize:(n+1)*recordSize], reader)
		if err != nil {
			return err
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(size, reader)
	if err != nil {
		return err
	}
	oldRoot, err := tlog.TreeHash(old, reader)
	if err != nil {
		return err
	}
	inclusion, err := tlog.ProveRecord(size, index, reader)
	if err != nil {
		return err
	}
	consistency, err := tlog.ProveTree(size, old, reader)
	if err != nil {
		return err
	}
	secret, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", name, size, root)}, signer)
	if err != nil {
		return err
	}
	proof := fmt.Sprintf("c2sp.org/tlog-proof@v1\nindex %d\n%s\n%s", index, join(inclusion), signed)
	return say(map[string]any{
		"vkey": vkey, "checkpoint": string(signed), "proof": proof,
		"old_root": oldRoot.String(), "consistency": join(consistency),
	})
}

func join(hashes []tlog.Hash) (lines string) {
	for _, hash := range hashes {
		lines += base64.StdEncoding.EncodeToString(hash[:]) + "\n"
	}
	return lines
}

func say(found map[string]any) error {
	return json.NewEncoder(os.Stdout).Encode(found)
}
