// A plain client-go program that creates suspended Jobs: the counterpart of kubejobs' dispatch and JobSet benchmarks.
// With --like it makes copies of a Job in a file; with --replace it deletes Jobs of these names first (foreground) and makes
// each anew when it is gone. It prints one line of JSON: how many Jobs it created and how long that took.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"iter"
	"log"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	batchclient "k8s.io/client-go/kubernetes/typed/batch/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	watchtools "k8s.io/client-go/tools/watch"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig file")
	count := flag.Int("count", 1000, "Jobs to create")
	concurrency := flag.Int("concurrency", 32, "creates at once")
	prefix := flag.String("prefix", "client-go", "name prefix")
	namespace := flag.String("namespace", "default", "namespace of the Jobs")
	like := flag.String("like", "", "file of a Job in JSON to copy")
	replace := flag.Bool("replace", false, "delete the Jobs first")
	flag.Parse()

	jobOf := plainJob
	if *like != "" {
		jobOf = copyOf(*like)
	}

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal(err)
	}
	config.QPS = -1 // no client-side limit
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		log.Fatal(err)
	}

	jobs := client.BatchV1().Jobs(*namespace)
	ctx := context.Background()
	var failed atomic.Int64
	create := func(name string) {
		if _, err := jobs.Create(ctx, jobOf(name), metav1.CreateOptions{}); err != nil {
			failed.Add(1)
			log.Print(err)
		}
	}
	names := func(yield func(string) bool) {
		for index := range *count {
			if !yield(fmt.Sprintf("%s-%d", *prefix, index)) {
				return
			}
		}
	}
	start := time.Now()
	if *replace {
		gone := watchDeletions(ctx, jobs, *count)
		foreground := metav1.DeletePropagationForeground
		each(names, *concurrency, func(name string) {
			if err := jobs.Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &foreground}); err != nil {
				log.Fatal(err)
			}
		})
		each(gone, *concurrency, create)
	} else {
		each(names, *concurrency, create)
	}
	seconds := time.Since(start).Seconds()

	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"created": *count - int(failed.Load()), "seconds": seconds, "cpuSeconds": cpu})
}

// each calls do for every name, on so many at once.
func each(names iter.Seq[string], concurrency int, do func(string)) {
	todo := make(chan string)
	var workers sync.WaitGroup
	for range concurrency {
		workers.Go(func() {
			for name := range todo {
				do(name)
			}
		})
	}
	for name := range names {
		todo <- name
	}
	close(todo)
	workers.Wait()
}

// watchDeletions gives the names of the Jobs that go from now on, as they go, up to count.
func watchDeletions(ctx context.Context, jobs batchclient.JobInterface, count int) iter.Seq[string] {
	page, err := jobs.List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil {
		log.Fatal(err)
	}
	// The API server ends the watch of whoever cannot follow for a moment; this one goes on by itself.
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, page.ResourceVersion, &cache.ListWatch{WatchFuncWithContext: jobs.Watch})
	if err != nil {
		log.Fatal(err)
	}
	gone := make(chan string, count)
	go func() {
		defer close(gone)
		for left := count; left > 0; {
			event, open := <-watcher.ResultChan()
			if !open {
				log.Fatal("the watch ended")
			}
			if event.Type == watch.Deleted {
				gone <- event.Object.(*batchv1.Job).Name
				left--
			}
		}
	}()
	return func(yield func(string) bool) {
		for name := range gone {
			if !yield(name) {
				return
			}
		}
	}
}

func copyOf(file string) func(name string) *batchv1.Job {
	data, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	var like batchv1.Job
	if err := json.Unmarshal(data, &like); err != nil {
		log.Fatal(err)
	}
	return func(name string) *batchv1.Job {
		job := like.DeepCopy()
		job.Name = name
		return job
	}
}

func plainJob(name string) *batchv1.Job {
	suspend, backoffLimit := true, int32(0)
	labels := map[string]string{
		"app.kubernetes.io/managed-by": "client-go", "kubejobs.io/queue-id": "00000000-0000-4000-8000-000000000000",
		"kubejobs.io/job-id": "00000000-0000-7000-8000-000000000000", "kubejobs.io/attempt": "1",
	}
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec: batchv1.JobSpec{
			Suspend:      &suspend,
			BackoffLimit: &backoffLimit,
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					RestartPolicy: corev1.RestartPolicyNever,
					Containers:    []corev1.Container{{Name: "main", Image: "busybox:1.36", Command: []string{"sh", "-c", "echo hello"}}},
				},
			},
		},
	}
}
