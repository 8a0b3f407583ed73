// Command recorder records a history of a real etcd in the dialect of histgen: many clients of one member, which is stopped
// (SIGSTOP) again and again for longer than a request may take, so that answers are missing as under a fault.
package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

type kv struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Create  int64  `json:"createRev"`
	Mod     int64  `json:"modRev"`
	Version int64  `json:"version"`
}

type comparison struct {
	Key string `json:"key"`
	Mod int64  `json:"modRev"`
}

type step struct {
	Op    string  `json:"op"`
	Key   string  `json:"key"`
	Value *string `json:"value,omitempty"`
}

type result struct {
	Count   *int64 `json:"count,omitempty"`
	Kvs     *[]kv  `json:"kvs,omitempty"`
	Deleted *int64 `json:"deleted,omitempty"`
}

// operation is one line of a history; see the README of histgen.
type operation struct {
	Client    int           `json:"client"`
	Call      int64         `json:"call"`
	Ret       int64         `json:"ret"`
	Op        string        `json:"op"`
	Key       string        `json:"key,omitempty"`
	End       string        `json:"end,omitempty"`
	Limit     *int64        `json:"limit,omitempty"`
	Value     *string       `json:"value,omitempty"`
	Cmp       *[]comparison `json:"cmp,omitempty"`
	Then      *[]step       `json:"then,omitempty"`
	Else      *[]step       `json:"else,omitempty"`
	Error     string        `json:"error,omitempty"`
	Rev       int64         `json:"rev,omitempty"`
	Count     *int64        `json:"count,omitempty"`
	Kvs       *[]kv         `json:"kvs,omitempty"`
	Deleted   *int64        `json:"deleted,omitempty"`
	Succeeded *bool         `json:"succeeded,omitempty"`
	Results   *[]result     `json:"results,omitempty"`
}

type revision struct {
	Rev    int64  `json:"rev"`
	Events []step `json:"events"`
}

type client struct {
	id      int
	random  *rand.Rand
	etcd    pb.KVClient
	seen    map[string]int64
	keys    int
	history []operation
}

func kvs(read *pb.RangeResponse) *[]kv {
	all := make([]kv, 0, len(read.Kvs))
	for _, one := range read.Kvs {
		all = append(all, kv{string(one.Key), string(one.Value), one.CreateRevision, one.ModRevision, one.Version})
	}
	return &all
}

func (c *client) saw(key string, read *pb.RangeResponse) {
	c.seen[key] = 0
	for _, one := range read.Kvs {
		c.seen[string(one.Key)] = one.ModRevision
	}
}

// send makes one request of the mix, and tells what came of it.
func (c *client) send(ctx context.Context, value string) (operation, error) {
	key := fmt.Sprintf("key%02d", c.random.Intn(c.keys))
	switch roll := c.random.Intn(100); {
	case roll < 25:
		o := operation{Op: "get", Key: key}
		read, err := c.etcd.Range(ctx, &pb.RangeRequest{Key: []byte(key)})
		if err == nil {
			c.saw(key, read)
			o.Rev, o.Count, o.Kvs = read.Header.Revision, &read.Count, kvs(read)
		}
		return o, err
	case roll < 35:
		var limit int64
		if c.random.Intn(4) == 0 {
			limit = int64(1 + c.random.Intn(5))
		}
		o := operation{Op: "range", Key: "key", End: "kez", Limit: &limit}
		read, err := c.etcd.Range(ctx, &pb.RangeRequest{Key: []byte(o.Key), RangeEnd: []byte(o.End), Limit: limit})
		if err == nil {
			o.Rev, o.Count, o.Kvs = read.Header.Revision, &read.Count, kvs(read)
		}
		return o, err
	case roll < 65:
		o := operation{Op: "put", Key: key, Value: &value}
		put, err := c.etcd.Put(ctx, &pb.PutRequest{Key: []byte(key), Value: []byte(value)})
		if err == nil {
			c.seen[key] = put.Header.Revision
			o.Rev = put.Header.Revision
		}
		return o, err
	case roll < 75:
		o := operation{Op: "del", Key: key}
		gone, err := c.etcd.DeleteRange(ctx, &pb.DeleteRangeRequest{Key: []byte(key)})
		if err == nil {
			c.seen[key] = 0
			o.Rev, o.Deleted = gone.Header.Revision, &gone.Deleted
		}
		return o, err
	default:
		return c.swap(ctx, key, value)
	}
}

// swap puts value if key is as it was last seen, and else reads it.
func (c *client) swap(ctx context.Context, key, value string) (operation, error) {
	mod := c.seen[key]
	o := operation{
		Op:   "txn",
		Cmp:  &[]comparison{{key, mod}},
		Then: &[]step{{Op: "put", Key: key, Value: &value}},
		Else: &[]step{{Op: "get", Key: key}},
	}
	txn, err := c.etcd.Txn(ctx, &pb.TxnRequest{
		Compare: []*pb.Compare{{
			Key: []byte(key), Target: pb.Compare_MOD, Result: pb.Compare_EQUAL,
			TargetUnion: &pb.Compare_ModRevision{ModRevision: mod},
		}},
		Success: []*pb.RequestOp{{Request: &pb.RequestOp_RequestPut{
			RequestPut: &pb.PutRequest{Key: []byte(key), Value: []byte(value)}}}},
		Failure: []*pb.RequestOp{{Request: &pb.RequestOp_RequestRange{
			RequestRange: &pb.RangeRequest{Key: []byte(key)}}}},
	})
	if err != nil {
		return o, err
	}
	o.Rev, o.Succeeded = txn.Header.Revision, &txn.Succeeded
	if txn.Succeeded {
		c.seen[key] = txn.Header.Revision
		o.Results = &[]result{{}}
		return o, nil
	}
	read := txn.Responses[0].GetResponseRange()
	c.saw(key, read)
	o.Results = &[]result{{Count: &read.Count, Kvs: kvs(read)}}
	return o, nil
}

// events asks for all that was ever changed, up to the revision that is the last by now.
func events(conn *grpc.ClientConn) ([]revision, error) {
	last, err := pb.NewKVClient(conn).Range(context.Background(), &pb.RangeRequest{Key: []byte("key")})
	if err != nil {
		return nil, err
	}
	watch, err := pb.NewWatchClient(conn).Watch(context.Background())
	if err != nil {
		return nil, err
	}
	all := &pb.WatchCreateRequest{Key: []byte{0}, RangeEnd: []byte{0}, StartRevision: 1}
	err = watch.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: all}})
	if err != nil {
		return nil, err
	}
	var told []revision
	for len(told) == 0 || told[len(told)-1].Rev < last.Header.Revision {
		response, err := watch.Recv()
		if err != nil {
			return nil, err
		}
		for _, event := range response.Events {
			if n := len(told); n == 0 || told[n-1].Rev != event.Kv.ModRevision {
				told = append(told, revision{Rev: event.Kv.ModRevision})
			}
			change := step{Op: "del", Key: string(event.Kv.Key)}
			if event.Type == 0 {
				value := string(event.Kv.Value)
				change.Op, change.Value = "put", &value
			}
			told[len(told)-1].Events = append(told[len(told)-1].Events, change)
		}
	}
	return told, nil
}

func write[T any](file string, lines []T) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriterSize(out, 1<<20)
	encoder := json.NewEncoder(buffer)
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	return out.Close()
}

func free() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}

func main() {
	etcd := flag.String("etcd", "etcd", "the binary")
	ops := flag.Int("ops", 200_000, "how many operations")
	clients := flag.Int("clients", 64, "how many at a time")
	keys := flag.Int("keys", 20, "how many keys")
	seed := flag.Int64("seed", 7, "of the requests; what etcd makes of them is not its function")
	timeout := flag.Duration("timeout", 200*time.Millisecond, "for a request")
	every := flag.Duration("every", 150*time.Millisecond, "between two stops of the member")
	stop := flag.Duration("stop", 250*time.Millisecond, "how long it is stopped")
	output := flag.String("o", "h.jsonl", "the history")
	log.SetFlags(0)
	flag.Parse()
	if err := record(*etcd, *ops, *clients, *keys, *seed, *timeout, *every, *stop, *output); err != nil {
		log.Fatalf("recorder: %v", err)
	}
}

func record(etcd string, ops, clients, keys int, seed int64, timeout, every, stop time.Duration, output string) error {
	data, err := os.MkdirTemp("", "recorder")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	address, peer := free(), free()
	member := exec.Command(etcd, "--data-dir", filepath.Join(data, "etcd"), "--log-level", "error",
		"--listen-client-urls", address, "--advertise-client-urls", address, "--listen-peer-urls", peer,
		"--initial-advertise-peer-urls", peer, "--initial-cluster", "default="+peer)
	member.Stderr = os.Stderr
	if err := member.Start(); err != nil {
		return err
	}
	defer func() {
		_ = member.Process.Kill()
		_ = member.Wait()
	}()
	var connections []*grpc.ClientConn
	for range 8 {
		conn, err := grpc.NewClient(address[len("http://"):], grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return err
		}
		defer conn.Close()
		connections = append(connections, conn)
	}
	serves, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, conn := range connections {
		if _, err := pb.NewKVClient(conn).Range(serves, &pb.RangeRequest{Key: []byte("key")}, grpc.WaitForReady(true)); err != nil {
			return fmt.Errorf("the member does not serve: %w", err)
		}
	}

	begin := time.Now()
	var called atomic.Int64
	over := make(chan struct{})
	go disturb(member.Process, every, stop, over)
	all := make([]*client, clients)
	var running sync.WaitGroup
	for i := range all {
		c := &client{
			id: i, random: rand.New(rand.NewSource(seed + int64(i))), etcd: pb.NewKVClient(connections[i%8]),
			seen: map[string]int64{}, keys: keys,
		}
		all[i] = c
		running.Go(func() {
			for n := called.Add(1); n <= int64(ops); n = called.Add(1) {
				call := time.Since(begin).Nanoseconds()
				ctx, cancel := context.WithTimeout(context.Background(), timeout)
				o, err := c.send(ctx, fmt.Sprint(n))
				cancel()
				o.Client, o.Call, o.Ret = c.id, call, time.Since(begin).Nanoseconds()
				if err != nil {
					o.Ret, o.Error = -1, err.Error()
					c.id += clients
				}
				c.history = append(c.history, o)
			}
		})
	}
	running.Wait()
	close(over)
	took := time.Since(begin)

	var history []operation
	for _, c := range all {
		history = append(history, c.history...)
	}
	slices.SortStableFunc(history, func(a, b operation) int { return cmp.Compare(a.Call, b.Call) })
	told, err := events(connections[0])
	if err != nil {
		return err
	}
	unknown := 0
	for _, o := range history {
		if o.Error != "" {
			unknown++
		}
	}
	fmt.Printf("%d operations of %d clients in %.1f s, %d without answer, %d revisions\n",
		len(history), clients, took.Seconds(), unknown, len(told))
	if err := write(output, history); err != nil {
		return err
	}
	return write(output[:len(output)-len(filepath.Ext(output))]+".watch", told)
}

func disturb(member *os.Process, every, stop time.Duration, over chan struct{}) {
	for {
		select {
		case <-over:
			return
		case <-time.After(every):
		}
		_ = member.Signal(syscall.SIGSTOP)
		time.Sleep(stop)
		_ = member.Signal(syscall.SIGCONT)
	}
}
